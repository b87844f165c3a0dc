/**
 * What `elephant show` prints: tables and figures' data of a session by the names of its methods. Some are of
 * one backbone. Some are of one domain, or of all that the profile has them for.
 */
import { InputError, unknownName } from '../errors';
import { COLD_COLUMNS } from '../experiments/controls/coldItems';
import type { Backbone, Profile } from '../experiments/profiles';
import type { Session } from '../experiments/session';
import { sasrecCells } from '../experiments/tables/table3Runs';
import { TABLE_SOURCES } from '../experiments/views/itemMap';
import { shownDomain } from '../experiments/views/itemRows';
import { rateDomains } from '../experiments/views/learningRates';
import { inTurn } from '../inTurn';
import * as figureData from './figureData';
import { gainSplits } from './figures';
import { fractionData, tableData, type TableData } from './tableData';

type Data = TableData | figureData.FigureData;

const PLAIN = {
  table1: async (session) => tableData(await session.table1()),
  table2: async (session) => tableData(await session.table2()),
  table4: async (session) => tableData(await session.table4()),
  table5: async (session) => tableData(await session.table5()),
  oneLoss: async (session) => tableData(await session.oneLoss()),
  controlTables: async (session) => tableData(await session.controlTables()),
  equalScales: async (session) => tableData(await session.equalScales()),
  manySeeds: async (session) => figureData.manySeeds(await session.manySeeds()),
  historyMasked: async (session) => tableData(await session.historyMasked()),
  figure1: async (session) => figureData.figure1(await session.figure1()),
  figure2: async (session) => fractionData(await session.figure2()),
  equalUpdates: async (session) => ({
    ...fractionData(await session.equalUpdates()),
    title: 'Figure 2 with as many updates of pre-training as on all sequences (%)',
  }),
  scoreboard: async (session) => figureData.scoreboard(await session.scoreboard()),
  repetitions: async (session) => figureData.repetitions(await session.repetitions()),
  whenItHelps: async (session) => figureData.whenItHelps(await session.whenItHelps()),
  languageLearning: async (session) => figureData.languageLearning(await session.languageLearning()),
  gainSplit: async (session) =>
    figureData.gainSplit(gainSplits(await session.table3(), await session.equalScales())),
} satisfies Record<string, (session: Session) => Promise<Data>>;

const BY_BACKBONE = {
  table3: async (session, backbone) => tableData(await session.table3(backbone)),
  table3AllItems: async (session, backbone) => tableData(await session.table3AllItems(backbone)),
  shareOfOracle: async (session, backbone) => tableData(await session.shareOfOracle(backbone)),
} satisfies Record<string, (session: Session, backbone: Backbone) => Promise<Data>>;

interface ByDomain {
  /** Those of the profile if none is asked for. */
  readonly domains: (profile: Profile) => readonly string[];
  readonly of: (session: Session, domains: readonly string[]) => Promise<Data>;
}

const BY_DOMAIN = {
  trainingCurves: {
    domains: ({ domains }) => domains,
    of: async (session, domains) =>
      figureData.trainingCurves(
        await rowsOf(domains, (domain) =>
          session.trainingCurves(
            domain,
            columnsOn(session, domain).filter((column) => column !== 'REC'),
          ),
        ),
      ),
  },
  historyLengths: {
    domains: ({ domains }) => domains,
    of: async (session, domains) =>
      figureData.historyLengths(
        await rowsOf(domains, (domain) => session.historyLengths(domain, columnsOn(session, domain))),
      ),
  },
  coldItems: {
    domains: ({ domains }) => domains,
    of: async (session, domains) =>
      figureData.coldItems(await rowsOf(domains, (domain) => session.coldItems(domain, COLD_COLUMNS))),
  },
  learningRates: {
    domains: rateDomains,
    of: async (session, domains) =>
      figureData.learningRates(await rowsOf(domains, (domain) => session.learningRates(domain))),
  },
  itemMap: {
    domains: shownDomain,
    of: async (session, domains) =>
      figureData.itemMap(
        await rowsOf(domains, (domain) => inTurn(TABLE_SOURCES, (source) => session.itemMap(domain, source))),
      ),
  },
  modelSizes: {
    domains: shownDomain,
    of: async (session, domains) =>
      figureData.modelSizes(await rowsOf(domains, (domain) => session.modelSizes(domain))),
  },
} satisfies Record<string, ByDomain>;

export type ShownName = keyof typeof PLAIN | keyof typeof BY_BACKBONE | keyof typeof BY_DOMAIN;

export const BACKBONE_NAMES = Object.keys(BY_BACKBONE);
export const DOMAIN_NAMES = Object.keys(BY_DOMAIN);
export const SHOWN_NAMES = [...BACKBONE_NAMES, ...Object.keys(PLAIN), ...DOMAIN_NAMES].sort() as ShownName[];

export interface Asked {
  /** Default: SASRec. */
  readonly backbone?: Backbone;
  /** Default: all that the profile has it for. */
  readonly domain?: string;
}

/** @throws InputError for an unknown domain, or if the profile has nothing of that name. */
export async function shownData(
  session: Session,
  name: ShownName,
  { backbone = 'SASRec', domain }: Asked,
): Promise<Data> {
  const data = await dataOf(session, name, backbone, domain);
  if (data.rows.length > 0) return data;
  throw new InputError(`show ${name}`, `the profile ${session.profile.name} has nothing for it`);
}

async function dataOf(
  session: Session,
  name: ShownName,
  backbone: Backbone,
  domain: string | undefined,
): Promise<Data> {
  if (name in PLAIN) return PLAIN[name as keyof typeof PLAIN](session);
  if (name in BY_BACKBONE) return BY_BACKBONE[name as keyof typeof BY_BACKBONE](session, backbone);
  const { domains, of }: ByDomain = BY_DOMAIN[name as keyof typeof BY_DOMAIN];
  const known = session.profile.domains;
  if (domain !== undefined && !known.includes(domain))
    throw unknownName(`show ${name}`, 'domain', domain, known);
  return of(session, domain === undefined ? domains(session.profile) : [domain]);
}

/** Columns of Table 3 (SASRec) that the profile has on a domain. */
function columnsOn({ profile }: Session, domain: string): string[] {
  return sasrecCells(profile).flatMap((cell) => (cell.domain === domain ? cell.column : []));
}

/** One domain after the other, since each may compute. */
async function rowsOf<T>(
  domains: readonly string[],
  of: (domain: string) => Promise<readonly T[]>,
): Promise<T[]> {
  return (await inTurn(domains, of)).flat();
}
