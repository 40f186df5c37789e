import type { SimulatedAnswer } from '../../../src/kit/simulator.ts';

/** An error body as DSP0266 has it. */
export function refuse(
  status: number,
  messageId: string,
  message: string,
  headers: Record<string, string> = {},
): SimulatedAnswer {
  return {
    status,
    headers,
    body: {
      error: {
        code: 'Base.1.8.GeneralError',
        message: 'A general error has occurred. See ExtendedInfo for more information.',
        '@Message.ExtendedInfo': [
          { '@odata.type': '#Message.v1_1_1.Message', MessageId: `Base.1.8.${messageId}`, Message: message },
        ],
      },
    },
  };
}
