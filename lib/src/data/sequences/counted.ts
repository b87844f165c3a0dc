/** Of ids or rows: how many, and the first. */
export interface Counted {
  count: number;
  example: string;
}
