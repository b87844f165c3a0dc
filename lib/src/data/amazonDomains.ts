/**
 * The seven domains of the paper and the names they have in the Amazon Review Data of 2018. Used to find a domain's files
 * and to fetch them. Source of the file names: nijianmo.github.io/amazon (the dataset's own page).
 */
export interface AmazonDomain {
  /** Name in the paper's Table 2. */
  paper: string;
  /** Name in the dataset's file names. */
  files: string;
}

export const AMAZON_DOMAINS: readonly AmazonDomain[] = [
  { paper: 'Books', files: 'Books' },
  { paper: 'Clothing', files: 'Clothing_Shoes_and_Jewelry' },
  { paper: 'Sports', files: 'Sports_and_Outdoors' },
  { paper: 'Movies', files: 'Movies_and_TV' },
  { paper: 'Arts', files: 'Arts_Crafts_and_Sewing' },
  { paper: 'Instruments', files: 'Musical_Instruments' },
  { paper: 'Pantry', files: 'Prime_Pantry' },
];
