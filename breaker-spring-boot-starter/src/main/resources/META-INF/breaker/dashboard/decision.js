/* The dialog in which an operator decides, and the request that tells the service. */

const DECISIONS = {
  forceOpen: ['Force open', 'Every instance rejects all calls until the circuit is released.', true],
  disable: ['Disable', 'Every instance makes all calls and counts none of them until the circuit is released.', true],
  metricsOnly: ['Metrics only', 'Every instance makes all calls and counts them, and the circuit never opens until it is released.', true],
  release: ['Release', 'The override ends on every instance and the circuit decides by itself again.', false],
  reset: ['Reset', 'The circuit closes on every instance and forgets its counts. An override stays.', false],
};

/* Without a token nobody can tell from the answer which of the two it was. */
function forbidden() {
  const rights = 'Your rights do not allow this, or the session has ended.';
  const token =
    ' If the service is protected against forged requests (CSRF), this page needs the token in a cookie named XSRF-TOKEN:' +
    ' configure Spring Security with csrf.spa() or CookieCsrfTokenRepository.withHttpOnlyFalse().';
  return 'X-XSRF-TOKEN' in csrf() ? rights : rights + token;
}

/** The text of an answer that is no success. */
async function refusal(response) {
  const text = await response.text();
  let said = text;
  try {
    const body = JSON.parse(text);
    said = body.error || body.detail || body.message || text;
  } catch (noJson) {
    said = text.includes('<') ? '' : text;
  }
  const hint = { 401: 'You are not logged in: reload the page.', 403: forbidden() }[response.status];
  return [`The service answered ${response.status}.`, hint, String(said).slice(0, 400)].filter(Boolean).join(' ');
}

function csrf() {
  const cookie = document.cookie.split('; ').find(one => one.startsWith('XSRF-TOKEN='));
  return cookie ? { 'X-XSRF-TOKEN': decodeURIComponent(cookie.slice('XSRF-TOKEN='.length)) } : {};
}

/* A name that no path can carry goes in the body, where no other may be; there, a comma would part it. */
function addressed(decisions, name, body) {
  const segments = name.split('/');
  const fits = segments.every(segment => segment !== '' && !/^\.+$|[\\;%]/.test(segment));
  return fits || name.includes(',')
    ? [`${decisions}/${segments.map(encodeURIComponent).join('/')}`, body]
    : [`${decisions}/name-in-body`, { ...body, name }];
}

/** @throws Error that says why the decision was not taken */
async function decide(decisions, name, decision) {
  const [path, body] = addressed(decisions, name, decision);
  let response;
  try {
    response = await fetch(beside(path), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...csrf() },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(10000),
    });
  } catch (unreachable) {
    throw new Error(`No answer from the service (${unreachable.message}): it is not known whether it has heard.`);
  }
  if (response.type === 'opaqueredirect') throw new Error('You are not logged in any more. Reload the page.');
  if (!response.ok) throw new Error(await refusal(response));
}

class DecisionDialog {
  constructor(onDecided) {
    this.onDecided = onDecided;
    this.dialog = at('decision');
    this.form = at('decision-form');
    this.form.addEventListener('submit', event => {
      event.preventDefault();
      this.submit();
    });
    at('decision-cancel').addEventListener('click', () => this.dialog.close());
    at('ttl').addEventListener('input', () => {
      this.form.elements.ttl.value = 'other';
    });
    at('reason').addEventListener('input', () => this.missing(false));
    at('actor').value = memory.read().actor || '';
    this.dialog.addEventListener('close', () => this.returnFocus());
    this.dialog.addEventListener('cancel', event => this.stayWhileDeciding(event));
    document.addEventListener('keydown', event => event.key === 'Escape' && this.stayWhileDeciding(event));
  }

  get isOpen() {
    return this.dialog.open;
  }

  open(row, action, button, { user, decisions }) {
    Object.assign(this, { row, action, button, decisions });
    const [word, effect, expires] = DECISIONS[action];
    at('decision-title').replaceChildren(`${word}: `, element('bdi', '', row.name));
    say(at('decision-effect'), effect);
    say(at('decision-submit'), `${word} for all instances`);
    show(at('expiry'), expires);
    show(at('actor-known'), Boolean(user));
    say(at('actor-known'), `It will be recorded as a decision of ${user}.`);
    show(at('actor-label'), !user);
    show(at('actor'), !user);
    at('reason').value = '';
    at('ttl').value = '';
    this.form.elements.ttl.value = '';
    this.missing(false);
    this.fail('');
    this.dialog.showModal();
    at('reason').focus();
  }

  missing(missing) {
    show(at('reason-missing'), missing);
    at('reason').setAttribute('aria-invalid', String(missing));
  }

  fail(text) {
    show(at('decision-error'), text !== '');
    say(at('decision-error'), text);
  }

  get decision() {
    const decision = { action: this.action, reason: at('reason').value.trim() };
    const actor = at('actor').value.trim();
    if (actor && !at('actor').hidden) decision.actor = actor;
    const chosen = this.form.elements.ttl.value;
    const ttl = chosen === 'other' ? at('ttl').value.trim() : chosen;
    if (!at('expiry').hidden && chosen) decision.ttl = ttl;
    return decision;
  }

  async submit() {
    const { decision } = this;
    if (!decision.reason) {
      this.missing(true);
      at('reason').focus();
      return;
    }
    this.setDeciding(true);
    this.fail('');
    try {
      await decide(this.decisions, this.row.name, decision);
      this.dialog.close();
      this.onDecided();
    } catch (refused) {
      this.fail(refused.message);
    } finally {
      this.setDeciding(false);
    }
  }

  setDeciding(deciding) {
    this.deciding = deciding;
    for (const id of ['decision-submit', 'decision-cancel']) at(id).disabled = deciding;
  }

  /* Who leaves the dialog believes that nothing was decided. A browser closes it at the second Escape unless the key is stopped. */
  stayWhileDeciding(event) {
    if (this.deciding) event.preventDefault();
  }

  returnFocus() {
    (this.button.hidden ? this.row.summary : this.button).focus();
  }
}
