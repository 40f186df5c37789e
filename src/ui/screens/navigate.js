/** Goes to another screen, or to another view of this one, without loading the page. @param {string} href */
export function go(href) {
  history.pushState(null, '', href);
  dispatchEvent(new Event('reanimator:go'));
}
