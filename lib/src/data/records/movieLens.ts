/** The files of MovieLens, which have no header. */

/**
 * The 19 genre flags of MovieLens 100K, in the order of its u.item (source: README of ml-100k,
 * grouplens.org).
 */
const GENRES_100K = [
  'unknown',
  'Action',
  'Adventure',
  'Animation',
  "Children's",
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Fantasy',
  'Film-Noir',
  'Horror',
  'Musical',
  'Mystery',
  'Romance',
  'Sci-Fi',
  'Thriller',
  'War',
  'Western',
];

/**
 * Files without a header that are known by their name (sources: the READMEs of ml-100k, ml-1m and ml-10m,
 * grouplens.org).
 */
export const MOVIELENS: Record<string, { separator: string; columns: string[] }> = {
  'u.data': { separator: '\t', columns: ['user', 'item', 'rating', 'time'] },
  'u.item': {
    separator: '|',
    columns: ['item', 'title', 'release date', 'video release date', 'IMDb URL', ...GENRES_100K],
  },
  'ratings.dat': { separator: '::', columns: ['user', 'item', 'rating', 'time'] },
  'movies.dat': { separator: '::', columns: ['item', 'title', 'genres'] },
};

/** Columns of flags whose names of value 1 make the category. */
export const FLAG_COLUMNS: readonly string[] = GENRES_100K;
