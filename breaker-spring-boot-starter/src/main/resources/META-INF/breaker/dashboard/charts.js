/* Charts: a path for each series, drawn anew when its values change. */

const SVG = 'http://www.w3.org/2000/svg';

function svg(tag, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function icon(name) {
  const picture = svg('svg', { class: 'icon', 'aria-hidden': 'true' });
  picture.append(svg('use', { href: '#i-' + name }));
  return picture;
}

/** The way of a line through the values, with gaps where there are none. */
function line(values, highest) {
  let way = '';
  let drawing = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) {
      drawing = false;
      continue;
    }
    const y = (100 - (100 * Math.min(value, highest)) / highest).toFixed(1);
    way += (drawing ? 'L' : 'M') + i + ' ' + y;
    if (!drawing && (i + 1 === values.length || Number.isNaN(values[i + 1]))) way += 'h.01';
    drawing = true;
  }
  return way;
}

function area(values, highest) {
  return line(values, highest)
    .split('M')
    .filter(Boolean)
    .map(piece => {
      const points = piece.split('L');
      const from = points[0].split(' ')[0];
      const to = points[points.length - 1].split(' ')[0];
      return `M${from} 100L${points.join('L')}L${to} 100Z`;
    })
    .join('');
}

function highestOf(...series) {
  let highest = 0;
  for (const values of series) for (const value of values) if (value > highest) highest = value;
  return highest;
}

/** The failure rate and the slow rate in percent, and where they open the circuit. */
class RateChart {
  constructor() {
    this.element = svg('svg', { class: 'chart', viewBox: '0 0 99 100', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    this.threshold = svg('path', { class: 'threshold' });
    this.failureArea = svg('path', { class: 'failure area' });
    this.slow = svg('path', { class: 'slow' });
    this.failure = svg('path', { class: 'failure' });
    this.element.append(this.threshold, this.failureArea, this.slow, this.failure);
  }

  draw(history, circuit) {
    this.threshold.setAttribute('d', `M0 ${100 - circuit.failureRateThreshold}H99`);
    this.failureArea.setAttribute('d', area(history.failure, 100));
    this.failure.setAttribute('d', line(history.failure, 100));
    this.slow.setAttribute('d', circuit.slowCallRateThreshold === undefined ? '' : line(history.slow, 100));
  }
}

/** Calls made, rejected and answered by a fallback per second, on the scale of the highest. */
class TrafficChart {
  constructor() {
    this.element = svg('svg', { class: 'chart', viewBox: '0 0 99 100', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    this.callsArea = svg('path', { class: 'calls area' });
    this.calls = svg('path', { class: 'calls' });
    this.fallbacks = svg('path', { class: 'fallbacks' });
    this.rejected = svg('path', { class: 'rejected' });
    this.element.append(this.callsArea, this.calls, this.fallbacks, this.rejected);
    this.highest = 1;
  }

  draw(history) {
    this.highest = Math.max(highestOf(history.calls, history.rejected, history.fallbacks), 0.5);
    this.callsArea.setAttribute('d', area(history.calls, this.highest));
    this.calls.setAttribute('d', line(history.calls, this.highest));
    this.fallbacks.setAttribute('d', line(history.fallbacks, this.highest));
    this.rejected.setAttribute('d', highestOf(history.rejected) === 0 ? '' : line(history.rejected, this.highest));
  }
}
