/* The list: one row per circuit, changed in place, with charts where somebody can see them. */

const ACTIONS = [
  ['forceOpen', 'Force open'],
  ['disable', 'Disable'],
  ['metricsOnly', 'Metrics only'],
  ['release', 'Release'],
  ['reset', 'Reset'],
];

const READ_ONLY =
  'Read-only: the endpoint \u201cbreakers\u201d is not exposed here or may only be read. To decide from this page, add it to' +
  ' management.endpoints.web.exposure.include and set management.endpoint.breakers.access=unrestricted.';

function cell(kind, label, ...children) {
  return element('span', 'cell ' + kind, element('span', 'label', label), ...children);
}

class Row {
  constructor(name, number, onAction) {
    this.name = name;
    this.onAction = onAction;
    this.visible = false;
    this.badge = badge('CLOSED');
    this.note = element('span', 'note');
    this.apart = element('span', '');
    this.isolation = element('span', 'isolation', icon('isolated'), this.apart);
    this.failure = element('b');
    this.slow = element('small', 'slow-rate');
    this.calls = element('b');
    this.rejected = element('b');
    this.fallbacks = element('b');
    this.rates = new RateChart();
    this.traffic = new TrafficChart();
    this.summary = element(
      'button',
      'summary',
      this.badge,
      element('span', 'who', element('bdi', 'name', name), this.note, this.isolation),
      cell('rates', 'Failures', this.rates.element, element('span', 'figures', this.failure, this.slow)),
      cell('traffic', 'Calls /s', this.traffic.element, element('span', 'figures', this.calls)),
      cell('rejections', 'Rejected /s', this.rejected),
      cell('answers', 'Fallback /s', this.fallbacks),
      icon('chevron'),
    );
    this.summary.type = 'button';
    this.summary.addEventListener('click', () => this.toggle());
    this.element = element('li', 'row', element('h3', '', this.summary));
    this.element.row = this;
    this.number = number;
    this.expand(false);
  }

  update(circuit, history, meter) {
    this.circuit = circuit;
    this.history = history;
    this.perSecond = {
      calls: meter.perSecond('calls'),
      rejected: meter.perSecond('rejected'),
      fallbacks: meter.perSecond('fallbacks'),
    };
    this.element.dataset.state = circuit.state;
    this.element.classList.toggle('isolated', circuit.isolatedOn.length > 0);
    setBadge(this.badge, circuit.state);
    say(this.note, note(circuit));
    show(this.isolation, circuit.isolatedOn.length > 0);
    say(this.apart, `isolated on ${few(circuit.isolatedOn)}`);
    say(this.failure, circuit.calls === 0 ? '–' : percent(circuit.failureRate) + ' %');
    this.failure.classList.toggle('bad', circuit.calls > 0 && circuit.failureRate >= circuit.failureRateThreshold);
    say(this.slow, circuit.slowCallRateThreshold === undefined || circuit.calls === 0 ? '' : `${percent(circuit.slowCallRate)} % slow`);
    say(this.calls, perSecond(this.perSecond.calls));
    say(this.rejected, perSecond(this.perSecond.rejected));
    this.rejected.classList.toggle('bad', this.perSecond.rejected > 0);
    say(this.fallbacks, perSecond(this.perSecond.fallbacks));
    this.draw();
  }

  draw() {
    if (!this.circuit || !this.visible) return;
    this.rates.draw(this.history, this.circuit);
    this.traffic.draw(this.history);
    if (this.details) this.details.update(this);
  }

  toggle() {
    this.expand(!this.expanded);
    this.onToggle();
  }

  expand(expanded) {
    this.expanded = expanded;
    this.summary.setAttribute('aria-expanded', String(expanded));
    if (expanded && !this.details) {
      this.details = new Details(this);
      this.details.element.id = 'details-' + this.number;
      this.summary.setAttribute('aria-controls', this.details.element.id);
      this.element.append(this.details.element);
      this.draw();
    }
    if (this.details) show(this.details.element, expanded);
  }

  /* The worst first, and in an order that does not change from second to second. */
  get rank() {
    const { rank } = STATES[this.circuit.state];
    return this.circuit.isolatedOn.length > 0 ? Math.min(rank, 3) : rank;
  }
}

/** What a row shows when it is opened. */
class Details {
  constructor(row) {
    this.rates = new RateChart();
    this.traffic = new TrafficChart();
    this.scale = element('span', 'top');
    this.facts = element('dl', 'facts');
    this.entries = new Map();
    this.buttons = ACTIONS.map(([action, word]) => this.button(row, action, word));
    this.actions = element('div', 'actions', ...this.buttons);
    const closed = element('p', 'closed-door', icon('eye'), element('span', '', READ_ONLY));
    this.element = element(
      'div',
      'details',
      element(
        'div',
        'charts',
        Details.figure('Failure rate', ['failure', 'slow'], this.rates, element('span', 'top', '100 %')),
        Details.figure('Per second', ['calls', 'rejected', 'fallbacks'], this.traffic, this.scale),
      ),
      this.facts,
      this.actions,
      closed,
    );
  }

  static figure(title, series, chart, top) {
    const legend = element('span', 'legend', ...series.map(name => element('span', name, name)));
    const axis = element('span', 'axis', element('span', '', '5 min ago'), element('span', '', 'now'));
    return element('figure', '', element('figcaption', '', title, legend), element('div', 'plot', top, chart.element), axis);
  }

  button(row, action, word) {
    const button = element('button', '', word);
    button.type = 'button';
    button.dataset.action = action;
    button.addEventListener('click', () => row.onAction(row, action, button));
    return button;
  }

  update(row) {
    const { circuit } = row;
    this.rates.draw(row.history, circuit);
    this.traffic.draw(row.history);
    say(this.scale, perSecond(this.traffic.highest) + ' /s');
    for (const button of this.buttons) {
      if (button.dataset.action !== 'release') continue;
      if (!circuit.override && button === document.activeElement) row.summary.focus();
      show(button, Boolean(circuit.override));
    }
    this.override(circuit);
    const covered = circuit.automaticState !== circuit.state;
    this.fact('Beneath it', covered && `the circuit is ${STATES[circuit.automaticState].word.toLowerCase()}`);
    this.fact('Why', circuit.cause);
    this.fact('Time left open', circuit.timeLeftOpenMs > 0 && span(circuit.timeLeftOpenMs));
    this.fact('Probes', circuit.probes && probes(circuit.probes));
    this.fact('Isolated on', circuit.isolatedOn.join(', '));
    this.fact('Window', Details.window(circuit));
    this.fact('Opens at', Details.thresholds(circuit));
    this.fact('Last failure', circuit.lastFailure && `${circuit.lastFailure} (${ago(circuit.lastFailureAgeMs)})`);
    const { calls, rejected, fallbacks } = circuit.totals;
    const counts = [plural(calls, 'call'), `${rejected.toLocaleString('en')} rejected`, plural(fallbacks, 'fallback')];
    this.fact('Since the start', `${counts.join(', ')}, of the instances alive`);
    this.fact('Sharing', Details.sharing(circuit));
  }

  override({ override }) {
    this.fact('Override', override && `${STATES[override.state].word} by ${override.actor}, ${ago(override.sinceMs)}`);
    this.fact('Reason', override && override.reason);
    this.fact('Ends', override && (override.expiresInMs === undefined ? 'when somebody releases it' : `in ${span(override.expiresInMs)}`));
  }

  static window(circuit) {
    const slow = circuit.slowCallRateThreshold === undefined ? '' : `, ${circuit.slowCalls.toLocaleString('en')} slow`;
    const row = circuit.consecutiveFailures > 1 ? `, the last ${circuit.consecutiveFailures} in a row` : '';
    const whose = circuit.countsScope === 'CLUSTER' ? 'of the whole cluster' : 'of this instance alone';
    if (circuit.calls === 0) return `no calls ${whose}`;
    return `${plural(circuit.calls, 'call')} ${whose}: ${circuit.failures.toLocaleString('en')} failed${row}${slow}`;
  }

  static thresholds(circuit) {
    const { failureRateThreshold, slowCallRateThreshold, failureCountThreshold, consecutiveFailureThreshold } = circuit;
    return [
      `${percent(failureRateThreshold)} % failures`,
      slowCallRateThreshold !== undefined && `${percent(slowCallRateThreshold)} % slow calls`,
      failureCountThreshold !== undefined && `${plural(failureCountThreshold, 'failure')} in the window`,
      consecutiveFailureThreshold !== undefined && `${consecutiveFailureThreshold.toLocaleString('en')} in a row`,
    ]
      .filter(Boolean)
      .join(' or ');
  }

  static sharing(circuit) {
    if (circuit.sharing === 'OFF') return 'not shared: each instance has a circuit of its own';
    const age = circuit.stalenessMs === undefined ? 'the store never answered' : `as the store knew ${ago(circuit.stalenessMs)}`;
    return circuit.sharing === 'DEGRADED' ? `store away, this instance decides alone; ${age}` : age;
  }

  fact(term, text) {
    let entry = this.entries.get(term);
    if (!entry) {
      entry = { box: element('div', '', element('dt', '', term)), value: element('dd') };
      entry.box.append(entry.value);
      this.facts.append(entry.box);
      this.entries.set(term, entry);
    }
    show(entry.box, Boolean(text));
    say(entry.value, text || '');
  }
}

/* Into the order that is wanted, with few moves; the one that has the focus stays where it is and keeps it. */
function arrange(list, elements) {
  const focused = elements.findIndex(one => one.contains(document.activeElement));
  insertInOrder(list, elements.slice(0, Math.max(focused, 0)), list.firstElementChild);
  insertInOrder(list, elements.slice(focused + 1), focused < 0 ? list.firstElementChild : elements[focused].nextElementSibling);
}

function insertInOrder(list, elements, place) {
  let next = place;
  for (const one of elements) {
    if (one === next) {
      next = next.nextElementSibling;
    } else {
      list.insertBefore(one, next);
    }
  }
}
