/**
 * The seven domains of the paper and their names in the Amazon Review Data of 2018, by which their files are
 * found and fetched. The dataset's own page, nijianmo.github.io/amazon, lists the file names.
 */
export interface AmazonDomain {
  /** Name in the paper's Table 2. */
  paper: string;
  /** Name in the dataset's file names. */
  files: string;
}

/** The domains of the paper. */
export const AMAZON_DOMAINS: readonly AmazonDomain[] = [
  { paper: 'Books', files: 'Books' },
  { paper: 'Clothing', files: 'Clothing_Shoes_and_Jewelry' },
  { paper: 'Sports', files: 'Sports_and_Outdoors' },
  { paper: 'Movies', files: 'Movies_and_TV' },
  { paper: 'Arts', files: 'Arts_Crafts_and_Sewing' },
  { paper: 'Instruments', files: 'Musical_Instruments' },
  { paper: 'Pantry', files: 'Prime_Pantry' },
];

/** All categories of that release, as its file names have them. */
export const AMAZON_CATEGORIES: readonly string[] = [
  'AMAZON_FASHION',
  'All_Beauty',
  'Appliances',
  'Arts_Crafts_and_Sewing',
  'Automotive',
  'Books',
  'CDs_and_Vinyl',
  'Cell_Phones_and_Accessories',
  'Clothing_Shoes_and_Jewelry',
  'Digital_Music',
  'Electronics',
  'Gift_Cards',
  'Grocery_and_Gourmet_Food',
  'Home_and_Kitchen',
  'Industrial_and_Scientific',
  'Kindle_Store',
  'Luxury_Beauty',
  'Magazine_Subscriptions',
  'Movies_and_TV',
  'Musical_Instruments',
  'Office_Products',
  'Patio_Lawn_and_Garden',
  'Pet_Supplies',
  'Prime_Pantry',
  'Software',
  'Sports_and_Outdoors',
  'Tools_and_Home_Improvement',
  'Toys_and_Games',
  'Video_Games',
];
