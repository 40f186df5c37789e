import { authorization, Problem } from './api.js';
import { noteMissing } from './session.js';

/**
 * Sends one file as it is. XMLHttpRequest, because fetch does not tell how far it is. The same bytes twice change nothing, so trying again
 * is always safe.
 * @param {File} file
 * @param {{ onProgress(sent: number): void, signal: AbortSignal }} how
 * @returns {Promise<{ bundle: any, isNew: boolean }>}
 */
export function sendBundle(file, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/v1/ingest/logbundle');
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.setRequestHeader('content-type', 'application/octet-stream');
    // A header is Latin-1; names of files are anything, even half a character.
    request.setRequestHeader('x-file-name', encodeURIComponent(file.name.toWellFormed()));
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('load', () => {
      const said = readJson(request.responseText);
      if (request.status === 200 || request.status === 201)
        return resolve({ bundle: said, isNew: request.status === 201 });
      reject(refusal(request, said));
    });
    request.addEventListener('error', () =>
      reject(noAnswer('No connection to the hub, or it ended the connection. Sending it again is safe.')),
    );
    request.addEventListener('abort', () =>
      reject(noAnswer('Stopped. Nothing of it was kept, unless it had already come in whole.')),
    );
    signal.addEventListener('abort', () => request.abort(), { once: true });
    if (signal.aborted) return reject(noAnswer('Stopped before it began.'));
    request.send(file);
  });
}

/** @param {XMLHttpRequest} request @param {any} said */
function refusal(request, said) {
  const problem = new Problem({
    status: request.status,
    title: said?.title ?? `The hub answered ${request.status}`,
    detail: said?.detail ?? 'Something between here and the hub answered in its place.',
    errors: said?.errors,
    requestId: request.getResponseHeader('x-request-id'),
  });
  if (problem.missingScope !== null) noteMissing(problem.missingScope);
  if (problem.status === 401) dispatchEvent(new CustomEvent('reanimator:refused', { detail: problem }));
  return problem;
}

/** @param {string} detail */
function noAnswer(detail) {
  return new Problem({ status: 0, title: 'Not sent', detail });
}

/** @param {string} text */
function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A proxy answers in HTML; its status says enough.
  }
}
