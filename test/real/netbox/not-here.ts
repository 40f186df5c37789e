/** The machine cannot run it; the message is the reason to print beside "skipped". */
export class NotHere extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotHere';
  }
}
