/** Files that a stage needs are not on this machine; another one may have them. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}
