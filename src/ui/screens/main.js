import { arrivalsPage } from './arrivals-page.js';
import { assetPage } from './asset-page.js';
import { assetsPage } from './assets-page.js';
import { bundlePage } from './bundle-page.js';
import { bundlesPage } from './bundles-page.js';
import { casePage } from './case-page.js';
import { casesPage } from './cases-page.js';
import { componentPage } from './component-page.js';
import { componentsPage } from './components-page.js';
import { customersPage, projectsPage } from './customers-page.js';
import { deliveriesPage } from './deliveries-page.js';
import { driftGroupsPage } from './drift-groups-page.js';
import { driftListPage } from './drift-list-page.js';
import { eventsPage } from './events-page.js';
import { h } from './h.js';
import { jobsPage } from './jobs-page.js';
import { createLive } from './live.js';
import { liveBadge } from './live-badge.js';
import { locationPage } from './location-page.js';
import { locationsPage } from './locations-page.js';
import { lotsPage } from './lots-page.js';
import { go } from './navigate.js';
import { problemBox } from './problem.js';
import { reconcileRunPage } from './reconcile-run-page.js';
import { reconcileRunsPage } from './reconcile-runs-page.js';
import { reconcileSystemsPage } from './reconcile-systems-page.js';
import { decisionsPage, reviewPage, reviewsPage } from './reviews-page.js';
import { searchBox } from './search-box.js';
import { currentKey, findKey, forget, signOutEverywhere } from './session.js';
import { signInPage } from './sign-in-page.js';
import { stockCountPage, stockCountsPage } from './stock-counts-page.js';
import { stockItemPage } from './stock-item-page.js';
import { stockItemsPage } from './stock-items-page.js';
import { stockReceivePage } from './stock-receive-page.js';
import { stockReservationsPage } from './stock-reservations-page.js';
import { stockReturnsPage } from './stock-returns-page.js';
import { stockSummaryPage } from './stock-summary-page.js';
import { ticketPage } from './ticket-page.js';
import { ticketsPage } from './tickets-page.js';
import { keepAges } from './when.js';

/**
 * @typedef {{ title: string, body: Node, focus?: HTMLElement, update?(): Promise<void>, refresh?(): void, onEvent?(event: any): void, leave?(): void }} Page
 * update: the same screen with another query. refresh: read again what is shown.
 */

/** @type {[RegExp, (match: RegExpMatchArray) => Promise<Page>][]} */
const SCREENS = [
  [/^\/ui\/(?:assets\/?)?$/, assetsPage],
  [/^\/ui\/assets\/([\w-]+)\/?$/, (match) => assetPage(match[1] ?? '')],
  [/^\/ui\/components\/?$/, componentsPage],
  [/^\/ui\/components\/([\w-]+)\/?$/, (match) => componentPage(match[1] ?? '')],
  [/^\/ui\/bundles\/?$/, bundlesPage],
  [/^\/ui\/bundles\/(\w+)\/?$/, (match) => bundlePage(match[1] ?? '')],
  [/^\/ui\/reviews\/?$/, reviewsPage],
  [/^\/ui\/reviews\/decisions\/?$/, decisionsPage],
  [/^\/ui\/reviews\/([\w-]+)\/?$/, (match) => reviewPage(match[1] ?? '')],
  [/^\/ui\/drift\/?$/, driftGroupsPage],
  [/^\/ui\/drift\/list\/?$/, driftListPage],
  [/^\/ui\/drift\/systems\/?$/, reconcileSystemsPage],
  [/^\/ui\/drift\/runs\/?$/, reconcileRunsPage],
  [/^\/ui\/drift\/runs\/([\w-]+)\/?$/, (match) => reconcileRunPage(match[1] ?? '', 'rows')],
  [/^\/ui\/drift\/runs\/([\w-]+)\/results\/?$/, (match) => reconcileRunPage(match[1] ?? '', 'results')],
  [/^\/ui\/registry(?:\/locations)?\/?$/, locationsPage],
  [/^\/ui\/registry\/locations\/([\w-]+)\/?$/, (match) => locationPage(match[1] ?? '')],
  [/^\/ui\/registry\/customers\/?$/, customersPage],
  [/^\/ui\/registry\/projects\/?$/, projectsPage],
  [/^\/ui\/registry\/lots\/?$/, lotsPage],
  [/^\/ui\/arrivals\/?$/, arrivalsPage],
  [/^\/ui\/tickets\/?$/, ticketsPage],
  [/^\/ui\/tickets\/cases\/?$/, casesPage],
  [/^\/ui\/tickets\/cases\/([\w-]+)\/?$/, (match) => casePage(match[1] ?? '')],
  [/^\/ui\/tickets\/([\w-]+)\/?$/, (match) => ticketPage(match[1] ?? '')],
  [/^\/ui\/stock\/?$/, stockSummaryPage],
  [/^\/ui\/stock\/items\/?$/, stockItemsPage],
  [/^\/ui\/stock\/items\/([\w-]+)\/?$/, (match) => stockItemPage(match[1] ?? '')],
  [/^\/ui\/stock\/receive\/?$/, stockReceivePage],
  [/^\/ui\/stock\/reservations\/?$/, stockReservationsPage],
  [/^\/ui\/stock\/returns\/?$/, stockReturnsPage],
  [/^\/ui\/stock\/counts\/?$/, stockCountsPage],
  [/^\/ui\/stock\/counts\/([\w-]+)\/?$/, (match) => stockCountPage(match[1] ?? '')],
  [/^\/ui\/jobs\/?$/, jobsPage],
  [/^\/ui\/deliveries\/?$/, deliveriesPage],
  [/^\/ui\/events\/?$/, () => eventsPage(live.place)],
];

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const signOut = /** @type {HTMLElement} */ (document.getElementById('sign-out'));
const badge = liveBadge(/** @type {HTMLElement} */ (document.getElementById('live')));
const live = createLive({
  onEvent: (event) => shown?.page.onEvent?.(event),
  onState: badge.show,
  onGap: () => shown?.page.refresh?.(),
});

/** @type {{ path: string, page: Page } | undefined} */
let shown;
let turn = 0;
/** @type {any} */
let refusal;

/** Shows what the address says. The screen before stays until the next one has its data: nothing flickers. @param {boolean} isMove the reader went here, rather than loaded it */
async function show(isMove) {
  turn += 1;
  const mine = turn;
  const path = location.pathname;
  if (currentKey() === null) return put(path, signInPage(refusal), true);
  main.setAttribute('aria-busy', 'true');
  if (shown?.path === path && shown.page.update) {
    await shown.page.update();
    if (mine === turn) main.removeAttribute('aria-busy');
    return;
  }
  const page = await open(path);
  if (mine !== turn) return page.leave?.();
  put(path, page, isMove);
}

/** @param {string} path @returns {Promise<Page>} */
async function open(path) {
  for (const [pattern, screen] of SCREENS) {
    const match = pattern.exec(path);
    if (!match) continue;
    try {
      return await screen(match);
    } catch (error) {
      return { title: 'Failed', body: problemBox(error, () => location.reload()) };
    }
  }
  return {
    title: 'Not found',
    body: h(
      'div',
      { class: 'empty' },
      h('h1', { tabindex: -1 }, 'There is no such screen'),
      h('p', null, 'Go to the ', h('a', { href: '/ui/' }, 'servers'), ', or search above.'),
    ),
  };
}

/** @param {string} path @param {Page} page @param {boolean} isMove */
function put(path, page, isMove) {
  shown?.page.leave?.();
  shown = { path, page };
  main.replaceChildren(page.body);
  main.removeAttribute('aria-busy');
  document.title = `${page.title} · Reanimator`;
  const isSignedIn = currentKey() !== null;
  signOut.hidden = !isSignedIn;
  document.body.classList.toggle('signed-out', !isSignedIn);
  for (const link of document.querySelectorAll('nav[aria-label="Screens"] a')) {
    const to = link.getAttribute('href') ?? '';
    const isHere = to === '/ui/' ? /^\/ui\/(?:assets.*)?$/.test(path) : path.startsWith(section(to));
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (!isMove) return;
  scrollTo(0, 0);
  // What reads the screen aloud hears where it is now.
  (page.focus ?? main.querySelector('h1'))?.focus({ preventScroll: true });
}

/** `/ui/registry/locations` stands for all of the registry. @param {string} href */
function section(href) {
  return href.split('/').slice(0, 3).join('/');
}

async function keyChanged() {
  if (currentKey() === null) {
    live.stop();
    badge.show(undefined);
  } else {
    refusal = undefined;
    await live.begin(400);
  }
  shown?.page.leave?.();
  shown = undefined;
  await show(false);
}

addEventListener('reanimator:key', () => void keyChanged());
addEventListener('reanimator:refused', (event) => {
  if (currentKey() === null) return;
  refusal = /** @type {CustomEvent} */ (event).detail;
  forget();
});
addEventListener('reanimator:go', () => void show(true));
addEventListener('popstate', () => void show(true));
signOut.addEventListener('click', signOutEverywhere);
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.target !== '' || link.origin !== location.origin || !link.pathname.startsWith('/ui/') || link.hash !== '')
    return;
  event.preventDefault();
  go(link.pathname + link.search);
});

searchBox();
keepAges();
await findKey();
await keyChanged();
