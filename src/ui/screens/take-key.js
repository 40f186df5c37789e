// A classic script, so that it runs before anything else is loaded: takes an API key out of the address
// (`#key=hub_…`) into this tab's sessionStorage. It is in the history and on the screen for no longer than that.
(() => {
  function take() {
    const key = new URLSearchParams(location.hash.slice(1)).get('key');
    if (key === null) return;
    history.replaceState(history.state, '', location.pathname + location.search);
    if (!/^hub_[\w-]+\.[\w-]+$/.test(key)) return;
    sessionStorage.setItem('reanimator.key', key);
    sessionStorage.removeItem('reanimator.missing-scopes');
    dispatchEvent(new Event('reanimator:key'));
  }
  take();
  addEventListener('hashchange', take);
})();
