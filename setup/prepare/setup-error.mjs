/** Something that the person at the keyboard has to do; its message says what. Printed without a stack. */
export class SetupError extends Error {}
