// Looks for a number such that SHA-256 (FIPS 180-4) of `<stamp>:<number>` begins with so many zero bits. Its own SHA-256,
// because the browser's is there on HTTPS only, and an onion service is plain HTTP.
"use strict";

const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const W = new Int32Array(64);

const turn = (x, n) => (x >>> n) | (x << (32 - n));

function block(state, bytes, offset) {
  for (let i = 0; i < 16; i++, offset += 4)
    W[i] = (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3];
  for (let i = 16; i < 64; i++) {
    const a = W[i - 15], b = W[i - 2];
    W[i] = (W[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + W[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => (word + state[i]) | 0);
}

function firstWord(state, tail, length) {
  const bytes = new Uint8Array(tail.length < 56 ? 64 : 128);
  bytes.set(tail);
  bytes[tail.length] = 0x80;
  new DataView(bytes.buffer).setUint32(bytes.length - 4, length * 8);
  for (let offset = 0; offset < bytes.length; offset += 64) state = block(state, bytes, offset);
  return state[0];
}

onmessage = (asked) => {
  const [stamp, bits] = asked.data;
  const text = Uint8Array.from(`${stamp}:`, (letter) => letter.charCodeAt(0));
  let state = START;
  let whole = 0;
  for (; whole + 64 <= text.length; whole += 64) state = block(state, text, whole);
  for (let number = 0; ; number++) {
    const nonce = String(number);
    const tail = new Uint8Array(text.length - whole + nonce.length);
    tail.set(text.subarray(whole));
    for (let i = 0; i < nonce.length; i++) tail[text.length - whole + i] = nonce.charCodeAt(i);
    if (firstWord(state, tail, text.length + nonce.length) >>> (32 - bits) === 0) {
      postMessage({ found: nonce });
      return;
    }
    if (number % 1024 === 0) postMessage({ done: 1 - Math.exp(-number / 2 ** bits) }); // the chance to have found it
  }
};
