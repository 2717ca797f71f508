/* The page: asks once a second, lets everything show the answer, and says so when there is none. */

const EVERY_MS = 1000;
const PATIENCE_MS = 5000;
const LONGEST_PAUSE_MS = 15000;

const ORDERS = {
  worst: (a, b) => a.rank - b.rank || b.circuit.failureRate - a.circuit.failureRate || b.circuit.slowCallRate - a.circuit.slowCallRate,
  name: () => 0,
  failure: (a, b) => b.circuit.failureRate - a.circuit.failureRate,
  calls: (a, b) => (b.perSecond.calls || 0) - (a.perSecond.calls || 0),
  rejected: (a, b) => (b.perSecond.rejected || 0) - (a.perSecond.rejected || 0),
};

/** @throws Error that says why there is no answer */
async function ask(search) {
  let response;
  try {
    response = await fetch(beside(`${location.pathname}/data${search}`), {
      headers: { Accept: 'application/json' },
      cache: 'no-store',
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (unreachable) {
    throw new Error(unreachable.name === 'TimeoutError' ? 'it takes too long' : 'it cannot be reached');
  }
  if (response.type === 'opaqueredirect') throw new Error('the session has ended, reload the page');
  if (!response.ok) throw new Error(await refusal(response));
  /* What does not apply is left out, whether or not the service writes it as null. */
  return JSON.parse(await response.text(), (key, value) => (value === null ? undefined : value));
}

class Page {
  constructor() {
    this.rows = new Map();
    this.meters = new Map();
    this.failures = 0;
    this.heldUntil = 0;
    this.goTo = this.goTo.bind(this);
    this.filters = new Filters(() => this.arrange(true));
    this.transitions = new Transitions(this.goTo);
    this.announcer = new Announcer();
    this.dialog = new DecisionDialog(() => this.poll());
    this.remember();
    this.watchVisibility = new IntersectionObserver(seen => this.seen(seen), { rootMargin: '200px' });
    this.listen();
  }

  /* What another version of the page has left is not worth a page that does not start. */
  remember() {
    try {
      this.restore(memory.read());
    } catch (unexpected) {
      this.restore({});
    }
  }

  restore({ histories = {}, expanded = [], filter = 'ALL', search = '', sort = 'worst' }) {
    this.histories = new Map(Object.entries(histories).map(([name, written]) => [name, History.from(written)]));
    this.expanded = new Set(expanded);
    this.filters.choose(FILTERS.some(([one]) => one === filter) ? filter : 'ALL');
    at('search').value = search;
    at('sort').value = Object.hasOwn(ORDERS, sort) ? sort : 'worst';
  }

  listen() {
    at('search').addEventListener('input', () => this.arrange(true));
    at('sort').addEventListener('change', () => this.arrange(true));
    at('retry').addEventListener('click', () => this.poll());
    at('list').addEventListener('pointermove', ({ pointerType }) => {
      if (pointerType === 'mouse') this.heldUntil = performance.now() + 4000;
    });
    at('list').addEventListener('pointerleave', () => {
      this.heldUntil = 0;
      this.arrange();
    });
    document.addEventListener('keydown', event => this.key(event));
    document.addEventListener('visibilitychange', () => (document.hidden ? this.save() : this.poll()));
    addEventListener('pagehide', () => this.save());
    setInterval(() => this.tellTrouble(), EVERY_MS);
  }

  /* One question at a time; asking now takes the place of the next one. */
  async poll() {
    clearTimeout(this.next);
    if (this.asking || document.hidden) return;
    this.asking = true;
    try {
      this.answered(await ask(this.searchBeyondTheList()));
    } catch (trouble) {
      this.unanswered(trouble);
    } finally {
      this.asking = false;
    }
    const pause = this.failures === 0 ? EVERY_MS : Math.min(EVERY_MS * 2 ** this.failures, LONGEST_PAUSE_MS);
    this.nextAt = performance.now() + pause;
    this.next = setTimeout(() => this.poll(), pause);
    this.tellTrouble();
  }

  searchBeyondTheList() {
    const search = at('search').value.trim();
    return this.data && this.data.omitted > 0 && search ? '?search=' + encodeURIComponent(search) : '';
  }

  answered(data) {
    this.failures = 0;
    this.answeredAt = performance.now();
    this.show(data);
  }

  unanswered(trouble) {
    this.failures++;
    this.trouble = trouble.message;
  }

  tellTrouble() {
    const failing = this.failures > 0;
    document.body.classList.toggle('stale', failing);
    at('live').className = 'vital ' + (failing ? 'bad' : 'well');
    show(at('retry'), failing);
    show(at('trouble'), failing);
    if (failing) {
      const next = Math.max(0, this.nextAt - performance.now());
      const age = this.answeredAt === undefined ? '' : `What you see is ${span(performance.now() - this.answeredAt)} old.`;
      say(at('trouble-text'), `No answer from this instance: ${this.trouble.replace(/\.$/, '')}.`);
      say(at('trouble-age'), age);
      say(at('live-state'), 'No answer');
      say(at('live-note'), next > 0 ? `again in ${span(next)}` : 'asking');
    } else if (this.data) {
      say(at('live-state'), 'Live');
      say(at('live-note'), 'once a second');
    }
  }

  show(data) {
    this.data = data;
    const step = stepAt(Date.now());
    const instances = data.instances.map(instance => instance.id).sort().join('\n');
    for (const circuit of data.circuits) this.showCircuit(circuit, step, instances, data.sharing.instance);
    this.forget(data.circuits, step);
    this.filters.update(data.circuits);
    this.announcer.update(data.circuits);
    this.transitions.update(data);
    showInstances(data.instances, this.goTo);
    showStore(data.sharing);
    showFlow([...this.rows.values()]);
    this.showTitle(data);
    document.body.classList.toggle('readonly', !data.decisions);
    show(at('readonly'), !data.decisions);
    this.arrange();
  }

  showCircuit(circuit, step, instances, witness) {
    const { name } = circuit;
    if (!this.rows.has(name)) this.add(name);
    if (!this.histories.has(name)) this.histories.set(name, new History(step));
    if (!this.meters.has(name)) this.meters.set(name, new Meter());
    const meter = this.meters.get(name);
    const history = this.histories.get(name);
    meter.note(performance.now(), circuit.totals, instances, witness);
    history.note(step, {
      failure: circuit.calls > 0 ? circuit.failureRate : NaN,
      slow: circuit.calls > 0 ? circuit.slowCallRate : NaN,
      calls: meter.perSecond('calls'),
      rejected: meter.perSecond('rejected'),
      fallbacks: meter.perSecond('fallbacks'),
    });
    this.rows.get(name).update(circuit, history, meter);
  }

  add(name) {
    const row = new Row(name, this.rows.size, (where, action, button) => this.dialog.open(where, action, button, this.data));
    row.onToggle = () => (row.expanded ? this.expanded.add(name) : this.expanded.delete(name));
    if (this.expanded.has(name)) row.expand(true);
    this.rows.set(name, row);
    at('list').append(row.element);
    this.watchVisibility.observe(row.element);
  }

  forget(circuits, step) {
    const present = new Set(circuits.map(circuit => circuit.name));
    for (const [name, row] of this.rows) {
      if (!present.has(name)) {
        this.watchVisibility.unobserve(row.element);
        row.element.remove();
        this.rows.delete(name);
        this.meters.delete(name);
      }
    }
    for (const [name, history] of this.histories) {
      if (!present.has(name) && step - history.last > STEPS) this.histories.delete(name);
    }
  }

  showTitle({ service, circuits, sharing }) {
    const open = circuits.filter(circuit => STATES[circuit.state].rank < 3).length;
    say(at('service'), service);
    say(at('instance'), sharing.instance);
    document.title = (open > 0 ? `(${open} open) ` : '') + service + ' – Breaker';
  }

  seen(entries) {
    for (const { target, isIntersecting } of entries) {
      target.row.visible = isIntersecting;
      target.row.draw();
    }
  }

  /** @param now even under the pointer, because somebody asked for it */
  arrange(now = false) {
    if (!this.data) return;
    const part = at('search').value.trim().toLowerCase();
    const order = ORDERS[at('sort').value];
    const rows = [...this.rows.values()].sort((a, b) => order(a, b) || (a.name < b.name ? -1 : 1));
    let shown = 0;
    for (const row of rows) {
      const fits = matches(this.filters.chosen, row.circuit) && row.name.toLowerCase().includes(part);
      show(row.element, fits);
      if (fits) shown++;
    }
    const elements = rows.map(row => row.element);
    const inOrder = elements.every((one, i) => at('list').children[i] === one);
    const held = !inOrder && !now && (performance.now() < this.heldUntil || this.dialog.isOpen);
    show(at('held'), held);
    if (!inOrder && !held) arrange(at('list'), elements);
    this.showEmpty(shown);
  }

  showEmpty(shown) {
    const { circuits, omitted } = this.data;
    show(at('empty'), shown === 0);
    say(at('empty'), circuits.length === 0 && omitted === 0 ? 'There is no circuit yet: one appears with its first call.' : 'No circuit fits.');
    show(at('omitted'), omitted > 0);
    say(at('omitted'), `${plural(omitted, 'more circuit')} not shown. Search to find them.`);
  }

  goTo(name) {
    const row = this.rows.get(name);
    if (!row) {
      say(at('announcer'), `${name} is not among the circuits shown.`);
      return;
    }
    this.filters.choose('ALL');
    at('search').value = '';
    this.arrange(true);
    row.expand(true);
    row.onToggle();
    row.element.scrollIntoView({ block: 'center' });
    row.summary.focus({ preventScroll: true });
  }

  key(event) {
    const { key, target } = event;
    if (this.dialog.isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === '/' && !target.matches('input, textarea, select')) {
      event.preventDefault();
      at('search').focus();
      at('search').select();
    } else if (key === 'Escape' && target === at('search')) {
      at('search').value = '';
      this.arrange(true);
    } else if (key === 'ArrowDown' || key === 'ArrowUp') {
      this.step(event, key === 'ArrowDown' ? 1 : -1);
    }
  }

  step(event, by) {
    const shown = [...at('list').children].filter(one => !one.hidden).map(one => one.row.summary);
    const from = shown.indexOf(event.target);
    const fromSearch = event.target === at('search') && by > 0;
    if (from < 0 && !fromSearch && event.target !== document.body) return;
    const next = shown[Math.min(from + by, shown.length - 1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }

  save() {
    const kept = memory.write({
      histories: Object.fromEntries(this.histories),
      expanded: [...this.expanded],
      filter: this.filters.chosen,
      search: at('search').value,
      sort: at('sort').value,
      actor: at('actor').value,
    });
    if (!kept) say(at('announcer'), 'The browser keeps nothing for this page: its charts begin anew after a reload.');
  }
}

/** In a frame a click could be meant for another page, and decide here. */
function refuseFrame() {
  const link = element('a', '', 'Open it by itself.');
  link.href = location.href;
  link.target = '_blank';
  document.body.replaceChildren(element('p', 'empty', 'The circuits are not shown inside another page. ', link));
}

if (window.top === window.self) {
  new Page().poll();
} else {
  refuseFrame();
}
