/* Words and elements. What comes from elsewhere only ever becomes text, never markup. */

const STATES = {
  FORCED_OPEN: { word: 'Forced open', icon: 'forced-open', rank: 0 },
  OPEN: { word: 'Open', icon: 'open', rank: 1 },
  HALF_OPEN: { word: 'Half-open', icon: 'half-open', rank: 2 },
  DISABLED: { word: 'Disabled', icon: 'disabled', rank: 4 },
  METRICS_ONLY: { word: 'Metrics only', icon: 'metrics-only', rank: 5 },
  CLOSED: { word: 'Closed', icon: 'closed', rank: 6 },
};

/** An address as seen from the page, without a name and password that were given in the page's own. */
const beside = path => new URL(path, location.origin + location.pathname).href;

const at = id => document.getElementById(id);

function element(tag, className, ...children) {
  const created = document.createElement(tag);
  if (className) created.className = className;
  created.append(...children);
  return created;
}

/** Sets a text only if it changes, which costs the browser nothing otherwise. */
function say(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

function show(where, shown) {
  if (where.hidden === shown) where.hidden = !shown;
}

function badge(state) {
  const picture = element('span', 'badge', icon(STATES[state].icon), element('span', '', STATES[state].word));
  picture.dataset.state = state;
  return picture;
}

function setBadge(where, state) {
  if (where.dataset.state === state) return;
  where.dataset.state = state;
  where.querySelector('use').setAttribute('href', '#i-' + STATES[state].icon);
  where.lastChild.textContent = STATES[state].word;
}

const plural = (count, one, many = one + 's') => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** A length of time in the two units that matter. */
function span(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return days > 9 || hours % 24 === 0 ? `${days.toLocaleString('en')} d` : `${days} d ${hours % 24} h`;
}

const ago = ms => (ms < 1500 ? 'just now' : span(ms - 500) + ' ago');

function percent(rate) {
  return rate > 0 && rate < 10 && rate % 1 !== 0 ? rate.toFixed(1) : String(Math.round(rate));
}

function perSecond(rate) {
  if (Number.isNaN(rate)) return '–';
  if (rate === 0) return '0';
  if (rate < 0.1) return '<0.1';
  return rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}

/** What stands beside the name of a circuit: the one thing that an operator asks next. */
function note(circuit) {
  const parts = [];
  if (circuit.override) {
    const { reason, actor, expiresInMs } = circuit.override;
    parts.push(expiresInMs === undefined ? 'no end' : `ends in ${span(expiresInMs)}`, `${actor}: ${reason}`);
  } else if (circuit.state === 'OPEN') {
    parts.push(circuit.timeLeftOpenMs > 0 ? `probes in ${span(circuit.timeLeftOpenMs)}` : 'ready for a probe', circuit.cause);
  } else if (circuit.state === 'HALF_OPEN') {
    parts.push(probes(circuit.probes));
  } else if (circuit.failures > 0) {
    parts.push(`${circuit.failures.toLocaleString('en')} of ${plural(circuit.calls, 'call')} failed`);
  }
  return parts.filter(Boolean).join(' · ');
}

/** As many names as can be read at a glance. */
function few(names) {
  return names.length <= 2 ? names.join(' and ') : `${names[0]} and ${names.length - 1} more`;
}

function probes({ permitted, leased, successes, failures }) {
  return `${leased} of ${plural(permitted, 'probe')} running, ${successes} succeeded, ${failures} failed`;
}
