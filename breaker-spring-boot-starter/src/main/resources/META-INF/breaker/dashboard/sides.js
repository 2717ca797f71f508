/* What stands around the list: filters, instances, transitions, the store. */

const FILTERS = [
  ['ALL', 'All', 'all'],
  ['FORCED_OPEN', 'Forced open', 'forced-open'],
  ['OPEN', 'Open', 'open'],
  ['HALF_OPEN', 'Half-open', 'half-open'],
  ['ISOLATED', 'Isolated', 'isolated'],
  ['DISABLED', 'Disabled', 'disabled'],
  ['METRICS_ONLY', 'Metrics only', 'metrics-only'],
  ['CLOSED', 'Closed', 'closed'],
];

const WITNESS_SILENT_MS = 10000;

const matches = (filter, circuit) =>
  filter === 'ALL' || (filter === 'ISOLATED' ? circuit.isolatedOn.length > 0 : circuit.state === filter);

class Filters {
  constructor(onChoice) {
    this.chosen = 'ALL';
    this.buttons = FILTERS.map(([filter, word, picture]) => {
      const count = element('b', '', '0');
      const button = element('button', 'filter', icon(picture), element('span', '', word), count);
      button.type = 'button';
      button.dataset.filter = filter;
      button.addEventListener('click', () => {
        this.choose(this.chosen === filter ? 'ALL' : filter);
        onChoice();
      });
      at('filters').append(button);
      return { filter, button, count };
    });
    this.choose('ALL');
  }

  choose(filter) {
    this.chosen = filter;
    for (const one of this.buttons) one.button.setAttribute('aria-pressed', String(one.filter === filter));
  }

  update(circuits) {
    for (const { filter, button, count } of this.buttons) {
      const fitting = circuits.filter(circuit => matches(filter, circuit)).length;
      say(count, fitting.toLocaleString('en'));
      button.classList.toggle('none', fitting === 0);
    }
  }
}

function showInstances(instances, goTo) {
  const isolated = instances.filter(instance => instance.isolated.length > 0).length;
  say(at('alive-count'), plural(instances.length, 'instance') + ' alive');
  say(at('alive-note'), isolated === 0 ? 'none isolated' : `${isolated} isolated`);
  at('alive').classList.toggle('warn', isolated > 0);
  at('instances').replaceChildren(
    ...instances.map(instance => {
      const age = instance.self ? 'this one' : 'heard ' + ago(instance.ageMs);
      const item = element('li', '', element('bdi', 'name', instance.id), element('small', '', age));
      for (const name of instance.isolated) item.append(linkTo(name, goTo, icon('isolated'), 'isolated: '));
      return item;
    }),
  );
}

/** What the circuits of all instances do together. */
function showFlow(rows) {
  const sum = what => rows.reduce((all, row) => all + (row.perSecond[what] || 0), 0);
  const known = rows.some(row => !Number.isNaN(row.perSecond.calls));
  const rejected = sum('rejected');
  say(at('flow-calls'), known || rows.length === 0 ? `${perSecond(sum('calls'))} calls/s` : 'Counting');
  say(at('flow-note'), `${perSecond(rejected)} rejected/s, ${perSecond(sum('fallbacks'))} fallbacks/s`);
  at('flow').classList.toggle('rejecting', rejected > 0);
}

function linkTo(name, goTo, ...before) {
  const link = element('button', 'link', ...before, element('bdi', '', name));
  link.type = 'button';
  link.addEventListener('click', () => goTo(name));
  return link;
}

/** The last transitions, newest first: new ones are put on top, the others only grow older. */
class Transitions {
  constructor(goTo) {
    this.goTo = goTo;
    this.items = new Map();
  }

  /* Behind a load balancer any instance may answer: what one has seen stays until that one has gone or is silent for long. */
  update({ sharing: { instance }, instances, transitions }) {
    const now = performance.now();
    const isOther = this.witness !== instance;
    const speaks = now - this.heardAt < WITNESS_SILENT_MS && instances.some(one => one.id === this.witness);
    if (isOther && speaks) return;
    this.witness = instance;
    this.heardAt = now;
    say(at('witness'), instance);
    this.list(transitions.map(one => ({ ...one, key: `${one.number} ${instance}` })));
  }

  list(transitions) {
    const shown = new Set(transitions.map(one => one.key));
    for (const [key, item] of this.items) {
      if (!shown.has(key)) {
        item.element.remove();
        this.items.delete(key);
      }
    }
    for (const one of [...transitions].reverse()) {
      if (!this.items.has(one.key)) this.items.set(one.key, this.item(one));
      say(this.items.get(one.key).age, ago(one.ageMs));
    }
    show(at('quiet'), transitions.length === 0);
  }

  item(one) {
    const age = element('small', 'age');
    const body = one.type === 'TRANSITION' ? this.move(one) : Transitions.store(one);
    const created = element('li', '', ...body, age);
    at('transitions').prepend(created);
    return { element: created, age };
  }

  move({ name, from, to, cause, scope }) {
    const whose = scope === 'CLUSTER' ? '' : ' (this instance alone)';
    return [
      linkTo(name, this.goTo),
      element('span', 'move', badge(from), icon('arrow'), element('span', 'unseen', ' to '), badge(to)),
      element('p', '', cause + whose),
    ];
  }

  static store({ type, cause }) {
    const away = type === 'SHARING_DEGRADED';
    const text = away ? 'The store does not answer' : 'The store answers again';
    return [element('span', away ? 'store away' : 'store', icon('store'), text), element('p', '', cause)];
  }
}

function showStore(sharing) {
  const { status, store, stalenessMs } = sharing;
  const state = { ACTIVE: 'Store answers', DEGRADED: 'Store away', OFF: 'Not shared' }[status];
  const age = stalenessMs === undefined ? 'it never answered' : ago(stalenessMs);
  say(at('store-state'), state);
  say(at('store-note'), status === 'OFF' ? 'circuits of this instance' : age);
  at('store').title = store || '';
  at('store').className = 'vital ' + { ACTIVE: 'well', DEGRADED: 'bad', OFF: '' }[status];
  show(at('away'), status === 'DEGRADED');
  if (status === 'DEGRADED') {
    say(
      at('away-text'),
      `${store} does not answer. Every instance decides by its own counts until it is back, and what you see are those of this one.`,
    );
  }
}

/** Says what has changed to those who do not see it. */
class Announcer {
  constructor() {
    this.states = new Map();
  }

  update(circuits) {
    const news = [];
    for (const { name, state } of circuits) {
      const before = this.states.get(name);
      if (before && before !== state) news.push(`${name} is ${STATES[state].word.toLowerCase()}.`);
      this.states.set(name, state);
    }
    if (news.length > 0) say(at('announcer'), news.length > 3 ? `${news.length} circuits have changed their state.` : news.join(' '));
  }
}
