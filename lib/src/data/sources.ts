/**
 * Where data come from: readers of files and downloads. They are apart from the rest of the room, so that a
 * stage that works on a given dataset need not import any of this, nor be recomputed after a change in it.
 * Such a stage imports the files it needs, not the index.
 */
export { readAmazon, readAmazonWithReport, type AmazonOptions } from './amazon';
export { listAmazonDomains, type AmazonSet } from './amazonFiles';
export { AMAZON_DOMAINS, type AmazonDomain } from './amazonDomains';
export type { FilterOptions } from './filters';
export { describeReadReport, type ReadReport } from './readReport';
export type { ColumnName, ColumnNames } from './reading/columns';
export { TIME_UNITS, type TimeUnit } from './reading/times';
export type { DatasetWithReport, SourceOptions } from './reading/readSource';
export { readOwn, readOwnWithReport, type OwnOptions } from './own/readOwn';
export { AMAZON_CATEGORIES } from './amazonDomains';
export { fetchDomain, domainUrls, type FetchDomainOptions } from './fetch/fetchDomain';
export { fetchModel, PAPER_MODEL, type FetchModelOptions, type FetchedModel } from './fetch/fetchModel';
export { describeProgress } from './fetch/progress';
export type { DownloadProgress } from './fetch/download';
export type { FetchedFile } from './fetch/checksums';
