// Browsers that block storage in an iframe throw when it is only touched, and Gradio then shows a blank page.
// Put a store in memory in its place, for as long as the page lives.
(function () {
  "use strict";
  function memoryStorage() {
    const items = new Map();
    const storage = {
      get length() { return items.size; },
      key: (index) => [...items.keys()][index] ?? null,
      getItem: (name) => items.get(String(name)) ?? null,
      setItem: (name, value) => void items.set(String(name), String(value)),
      removeItem: (name) => void items.delete(String(name)),
      clear: () => items.clear(),
    };
    // Storage lists its items as its own keys; Gradio looks for its entries that way.
    return new Proxy(storage, {
      get: (target, name) => (name in target ? target[name] : items.get(name)),
      set: (target, name, value) => (items.set(String(name), String(value)), true),
      deleteProperty: (target, name) => (items.delete(name), true),
      has: (target, name) => name in target || items.has(name),
      ownKeys: () => [...items.keys()],
      getOwnPropertyDescriptor: (target, name) =>
        items.has(name) ? { value: items.get(name), writable: true, enumerable: true, configurable: true } : undefined,
    });
  }
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].getItem("storage-guard");
    } catch {
      Object.defineProperty(window, name, { value: memoryStorage(), configurable: true });
    }
  }
})();
