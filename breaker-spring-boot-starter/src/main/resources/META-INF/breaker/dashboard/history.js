/* What the page remembers by itself: five minutes of each circuit, in a hundred steps. */

const STEP_MS = 3000;
const STEPS = 100;
const SERIES = ['failure', 'slow', 'calls', 'rejected', 'fallbacks'];

const stepAt = ms => Math.floor(ms / STEP_MS);

/** Five minutes of one circuit. What is not known is NaN, and a gap in a chart. */
class History {
  constructor(step) {
    this.last = step;
    for (const series of SERIES) this[series] = new Float32Array(STEPS).fill(NaN);
  }

  /** Notes what is true now; within a step the highest rates are kept, so that no peak is lost. */
  note(step, now) {
    this.moveTo(step);
    for (const series of SERIES) {
      const before = this[series][STEPS - 1];
      const isPercent = series === 'failure' || series === 'slow';
      const stays = Number.isNaN(now[series]) || (isPercent && before > now[series]);
      if (!stays) this[series][STEPS - 1] = now[series];
    }
  }

  moveTo(step) {
    const by = Math.min(Math.max(step - this.last, 0), STEPS);
    if (by === 0) return;
    for (const series of SERIES) {
      this[series].copyWithin(0, by);
      this[series].fill(NaN, STEPS - by);
    }
    this.last = step;
  }

  /** As short as it can be written: a series in which nothing happened is one number. */
  toJSON() {
    const written = SERIES.map(series => {
      const values = Array.from(this[series], value => (Number.isNaN(value) ? null : Math.round(value * 10) / 10));
      return values.every(value => value === null) ? null : values;
    });
    return [this.last, ...written];
  }

  /** @throws TypeError if it is not what {@link #toJSON} writes, or is from a time that is far to come */
  static from([last, ...written]) {
    const isSeries = values => values === null || (Array.isArray(values) && values.length === STEPS);
    if (!(last <= stepAt(Date.now()) + STEPS) || written.length !== SERIES.length || !written.every(isSeries)) {
      throw new TypeError('not a history');
    }
    const history = new History(last);
    SERIES.forEach((series, i) => {
      if (written[i]) history[series] = Float32Array.from(written[i], value => (value === null ? NaN : value));
    });
    return history;
  }
}

/** Turns totals that only grow into calls per second over the last five seconds. */
class Meter {
  constructor() {
    this.witnesses = new Map();
  }

  /*
   * Other instances have other totals: there is no difference between before and after one has come or gone. Nor is there one
   * between the answers of two instances, each of which knows the other's totals of some seconds ago.
   */
  note(at, totals, instances, witness) {
    if (this.instances !== instances) {
      this.witnesses.clear();
      this.span = undefined;
    }
    this.instances = instances;
    const samples = this.witnesses.get(witness) || [];
    this.witnesses.set(witness, samples);
    samples.push({ at, ...totals });
    while (samples.length > 2 && at - samples[1].at >= 5000) samples.shift();
    if (at - samples[0].at >= 200) this.span = [samples[0], samples[samples.length - 1]];
  }

  perSecond(what) {
    if (!this.span) return NaN;
    const [first, last] = this.span;
    return Math.max(0, last[what] - first[what]) / ((last.at - first.at) / 1000);
  }
}

/** Keeps things in this tab across a reload. */
const memory = {
  key: 'breaker:' + location.pathname,

  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key)) || {};
    } catch (unreadable) {
      return {};
    }
  },

  /** False if the browser keeps nothing. */
  write(all) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(all));
      return true;
    } catch (full) {
      return false;
    }
  },
};
