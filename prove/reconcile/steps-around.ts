import { setTimeout as sleep } from 'node:timers/promises';
import type { Loss } from '#test/kit/lossy-proxy.ts';
import type { Play, Step } from './play.ts';

/** What goes wrong around. Never so often that NetBox counts as away: how that is waited out, another proof tells. */
export const stepsAround: readonly (readonly [weight: number, step: Step])[] = [
  [3, loseWebhooks],
  [2, repeatWebhooks],
  [3, loseAnswer],
  [2, failOnce],
  [2, answerLate],
  [2, holdChangeLog],
  [3, loseCommit],
  [2, flushRedis],
  [3, passTime],
];

/** The ways to die: one of the two workers, at such a moment. They come in turn by seed. */
export const DEATHS: readonly Step[] = [killAfterWrite, killAtCommit, killNow];

const WRITES = '^(POST|PATCH|DELETE) ';

async function loseWebhooks({ stage, draw }: Play): Promise<string> {
  const count = 1 + draw.upTo(6);
  stage.netbox.loseWebhooks(count);
  return `around: the next ${count} webhooks never leave`;
}

async function repeatWebhooks({ stage, draw }: Play): Promise<string> {
  const count = 1 + draw.upTo(4);
  stage.netbox.repeatWebhooks(count);
  return `around: the next ${count} webhooks come twice`;
}

async function loseAnswer({ stage }: Play): Promise<string> {
  stage.netbox.server.addFault({ kind: 'drop-answer', match: WRITES, times: 1 });
  return 'around: NetBox does the next write and does not answer';
}

async function failOnce({ stage, draw }: Play): Promise<string> {
  const match = draw.chance(0.5) ? WRITES : '^GET ';
  stage.netbox.server.addFault({ kind: 'status', status: draw.chance(0.5) ? 500 : 503, match, times: 1 });
  return `around: the next ${match === WRITES ? 'write' : 'read'} fails in NetBox`;
}

/** Later than anybody waits for, and done all the same. */
async function answerLate({ stage }: Play): Promise<string> {
  stage.netbox.server.addFault({ kind: 'slow', match: WRITES, ms: 950, times: 1 });
  return 'around: the next write takes too long for the hub, and is done';
}

async function holdChangeLog({ stage, draw }: Play): Promise<string> {
  if (draw.chance(0.5)) {
    stage.netbox.releaseChangeLog();
    return 'around: what was written into the change log is seen now';
  }
  stage.netbox.holdChangeLog(() => draw.chance(0.5));
  return 'around: some rows of the change log are not seen yet';
}

async function loseCommit({ stage, draw }: Play): Promise<string> {
  const loss = draw.pick<Loss>(['before', 'after', 'racing', 'late']) ?? 'after';
  let left = 1 + draw.upTo(12);
  stage.proxy.decide = () => {
    left -= 1;
    return left === 0 ? loss : 'pass';
  };
  return `around: a worker loses the answer of the ${left}th COMMIT from now (${loss})`;
}

async function flushRedis({ stage }: Play): Promise<string> {
  await stage.flushRedis();
  return 'around: Redis forgets everything';
}

async function passTime({ draw }: Play): Promise<string> {
  const ms = 100 + draw.upTo(900);
  await sleep(ms);
  return `around: ${ms} ms pass`;
}

async function killNow({ stage, draw }: Play): Promise<string> {
  stage.workers.kill(draw.upTo(1000) / 1000);
  return 'around: a worker is killed';
}

/** NetBox has done it, and nobody who asked lives to hear of it. */
async function killAfterWrite({ stage, draw, say }: Play): Promise<string> {
  let left = 1 + draw.upTo(4);
  stage.netbox.server.watch(({ method, path }, phase) => {
    if (phase !== 'after' || !['POST', 'PATCH', 'DELETE'].includes(method)) return;
    left -= 1;
    if (left !== 0) return;
    say(`  workers killed after ${method} ${path}`);
    // Whichever of them asked.
    stage.workers.kill(0);
    stage.workers.kill(0);
  });
  return `around: the workers are killed between the ${left}th write in NetBox from now and its answer`;
}

/** NetBox has answered, and the hub does not get to writing down what it heard; or it does, and does not get to know. */
async function killAtCommit({ stage, draw, say }: Play): Promise<string> {
  const loss: Loss = draw.chance(0.5) ? 'before' : 'after';
  let writes = 1 + draw.upTo(3);
  let isDue = false;
  stage.netbox.server.watch(({ method }, phase) => {
    if (phase !== 'after' || !['POST', 'PATCH', 'DELETE'].includes(method)) return;
    writes -= 1;
    isDue = writes === 0;
  });
  stage.proxy.decide = () => {
    if (!isDue) return 'pass';
    isDue = false;
    say(`  workers killed ${loss} a COMMIT`);
    stage.workers.kill(0);
    stage.workers.kill(0);
    return loss;
  };
  return `around: the workers are killed ${loss} the COMMIT that follows the ${writes}th write in NetBox from now`;
}
