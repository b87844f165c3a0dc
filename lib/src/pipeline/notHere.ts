/** This machine lacks files or a device that a stage needs; another machine may have them. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}
