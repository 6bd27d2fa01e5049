/* PDQ in the browser: 256 bits and a quality from the pixels of a picture, bit for bit as `nightlight hash` (mode
   `full`) gives them. Every sum is of 32 bits and in the order of `fingerprint/pdq_kernels.py` (`retrace`): values
   live in Float32Array or go through Math.fround after each step; two 32-bit numbers added, multiplied or divided in
   64 bits and then rounded give what 32-bit arithmetic gives. Method: Meta, "The TMK+PDQF video-hashing algorithm and
   the PDQ image-hashing algorithm" (2019).

   As a worker it answers
     {id, file}    a picture's file:  {id, pdq, quality, sha256, width, height, upright} or {id, fault}, with
                                      {id, progress} before
     {id, frame}   an ImageBitmap:    {id, pdq, quality}
     {id, digest}  any file:          {id, sha256}
   A picture is hashed as its pixels lie in the file, as the command and the makers of lists do. Where EXIF turns it,
   `upright` is {pdq, quality} of what people see, for its copies are often stored turned; else it is null. (AVIF turns
   by a property of the picture itself, which a browser always obeys and the command does not.) A browser that gives
   out other pixels than were drawn, as some do against tracking, makes no fingerprints: {id, fault: "untrue"}.
   `sha256` is "" where the browser gives no WebCrypto (a page without HTTPS). Nothing here talks to a network. */
"use strict";

const SIDE = 64;
const SMALLEST_SIDE = 5; // below it the reference gives zeros
const STRIP = 128; // rows of a picture held as pixels at once
const MOST_PIXELS = 120000000;
const MOST_BYTES = 512 * 1024 * 1024; // a browser digests a file only whole, in memory
const f32 = Math.fround;

/** How many pixels one pass of the box filter averages. */
function boxWidth(side) {
  return Math.floor((side + 2 * SIDE - 1) / (2 * SIDE));
}

/** The 64 positions along a side that are kept. */
function centres(side) {
  return Int32Array.from({ length: SIDE }, (_, kept) => Math.floor(((kept + 0.5) * side) / SIDE));
}

/** One pass of the box filter along a row. */
function boxAlong(source, out, width) {
  const side = source.length;
  const ahead = Math.floor((width + 2) / 2);
  let total = 0;
  let count = 0;
  let read = 0;
  let dropped = 0;
  let written = 0;
  for (let n = 0; n < ahead - 1; n++) {
    total = f32(total + source[read++]);
    count++;
  }
  for (let n = 0; n < width - ahead + 1; n++) {
    total = f32(total + source[read++]);
    count++;
    out[written++] = total / count;
  }
  for (let n = 0; n < side - width; n++) {
    total = f32(total + source[read++]);
    total = f32(total - source[dropped++]);
    out[written++] = total / count;
  }
  for (let n = 0; n < ahead - 1; n++) {
    total = f32(total - source[dropped++]);
    count--;
    out[written++] = total / count;
  }
}

/** The box filter along all columns at once, fed with one row after the other. */
class BoxDown {
  constructor(columns, height, width) {
    this.height = height;
    this.width = width;
    this.lag = Math.floor((width + 2) / 2) - 1;
    this.step = 0;
    this.ring = Array.from({ length: width }, () => new Float32Array(columns));
    this.sums = new Float32Array(columns);
  }

  /** Takes the next row (after the last one: any) and writes to `out`; gives the number of the row written, or -1. */
  take(row, out) {
    const { step, height, width, sums } = this;
    const slot = this.ring[step % width];
    const columns = sums.length;
    if (step >= height) {
      for (let x = 0; x < columns; x++) sums[x] -= slot[x];
    } else if (step >= width) {
      for (let x = 0; x < columns; x++) {
        sums[x] = f32(sums[x] + row[x]) - slot[x];
        slot[x] = row[x];
      }
    } else {
      for (let x = 0; x < columns; x++) {
        sums[x] += row[x];
        slot[x] = row[x];
      }
    }
    this.step++;
    const written = step - this.lag;
    if (written < 0) return -1;
    const count = Math.min(height - 1, step) - Math.max(0, step - width + 1) + 1;
    for (let x = 0; x < columns; x++) out[x] = sums[x] / count;
    return written;
  }
}

/** Reduces a picture to 64 by 64 luminances, a row of pixels at a time, and hashes them. */
class PdqOf {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.buffer = new Float32Array(SIDE * SIDE);
    this.taken = 0;
    this.across = boxWidth(width);
    this.columns = centres(width);
    this.rows = centres(height);
    const line = () => new Float32Array(width);
    [this.grey, this.blurred, this.once, this.twice] = [line(), line(), line(), line()];
    this.first = new BoxDown(width, height, boxWidth(height));
    this.second = new BoxDown(width, height, boxWidth(height));
  }

  /** Takes rows of RGBA bytes, from the top. */
  take(pixels) {
    const stride = this.width * 4;
    for (let start = 0; start < pixels.length; start += stride) {
      for (let x = 0, at = start; x < this.width; x++, at += 4) {
        this.grey[x] = 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
      }
      if (this.width === SIDE && this.height === SIDE) {
        this.buffer.set(this.grey, this.taken * SIDE);
      } else {
        boxAlong(this.grey, this.blurred, this.across);
        this.pushOnce();
      }
      this.taken++;
    }
  }

  /** The hash, once all rows were taken: {pdq: 64 hex digits, quality: 0 to 100}. */
  hash() {
    if (Math.min(this.width, this.height) < SMALLEST_SIDE) return { pdq: "0".repeat(64), quality: 0 };
    if (this.width !== SIDE || this.height !== SIDE) {
      for (let n = 0; n < this.first.lag; n++) this.pushOnce();
      for (let n = 0; n < this.second.lag; n++) this.keep(this.second.take(this.blurred, this.twice));
    }
    return { pdq: hexOf(frequencies(this.buffer)), quality: quality(this.buffer) };
  }

  pushOnce() {
    if (this.first.take(this.blurred, this.once) < 0) return;
    boxAlong(this.once, this.blurred, this.across);
    this.keep(this.second.take(this.blurred, this.twice));
  }

  keep(number) {
    for (let i = 0; i < SIDE; i++) {
      if (this.rows[i] !== number) continue;
      for (let j = 0; j < SIDE; j++) this.buffer[i * SIDE + j] = this.twice[this.columns[j]];
    }
  }
}

function cosines() {
  const table = new Float32Array(16 * SIDE);
  const scale = f32(Math.sqrt(2 / SIDE));
  const step = Math.PI / 2 / SIDE;
  for (let i = 0; i < 16; i++) {
    for (let j = 0; j < SIDE; j++) table[i * SIDE + j] = scale * Math.cos(step * (i + 1) * (2 * j + 1));
  }
  return table;
}

const COSINES = cosines();

/** The 16 by 16 lowest frequencies but the zeroth. */
function frequencies(buffer) {
  const half = new Float32Array(16 * SIDE);
  for (let i = 0; i < 16; i++) {
    for (let k = 0; k < SIDE; k++) {
      const weight = COSINES[i * SIDE + k];
      for (let j = 0; j < SIDE; j++) half[i * SIDE + j] += f32(weight * buffer[k * SIDE + j]);
    }
  }
  const out = new Float32Array(256);
  for (let i = 0; i < 16; i++) {
    for (let j = 0; j < 16; j++) {
      let total = 0;
      for (let k = 0; k < SIDE; k++) total = f32(total + f32(half[i * SIDE + k] * COSINES[j * SIDE + k]));
      out[i * 16 + j] = total;
    }
  }
  return out;
}

/** A bit for each frequency above the lower median, the last frequency first, as hex. */
function hexOf(values) {
  const median = values.slice().sort()[127];
  let hex = "";
  for (let at = 255; at >= 0; at -= 4) {
    let digit = 0;
    for (let n = 0; n < 4; n++) digit = digit * 2 + (values[at - n] > median ? 1 : 0);
    hex += digit.toString(16);
  }
  return hex;
}

/** How much there is to see, from the sum of whole gradients. */
function quality(buffer) {
  let total = 0;
  const size = (a, b) => Math.trunc(Math.abs(f32(f32(f32(a - b) * 100) / 255)));
  for (let i = 0; i < SIDE; i++) {
    for (let j = 0; j < SIDE; j++) {
      const here = buffer[i * SIDE + j];
      if (i < SIDE - 1) total += size(here, buffer[(i + 1) * SIDE + j]);
      if (j < SIDE - 1) total += size(here, buffer[i * SIDE + j + 1]);
    }
  }
  return Math.min(100, Math.floor(total / 90));
}

/** Hashes what can be drawn, without scaling: strip by strip, so that a large picture needs no large canvas. What is
    transparent is laid on white. `told` hears the part that is done, 0 to 1. */
function hashOf(drawable, width, height, told = () => {}) {
  const hasher = new PdqOf(width, height);
  const canvas = new OffscreenCanvas(width, Math.min(STRIP, height));
  const pen = canvas.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
  pen.imageSmoothingEnabled = false;
  for (let top = 0; top < height; top += STRIP) {
    const high = Math.min(STRIP, height - top);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, high);
    pen.drawImage(drawable, 0, top, width, high, 0, 0, width, high);
    hasher.take(pen.getImageData(0, 0, width, high, { colorSpace: "srgb" }).data);
    told((top + high) / height);
  }
  return hasher.hash();
}

async function sha256(file) {
  if (!self.crypto || !self.crypto.subtle || file.size > MOST_BYTES) return "";
  const digest = new Uint8Array(await self.crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The file without its EXIF, or the file itself if it has none that a browser heeds. Browsers turn a picture even when
    told `imageOrientation: "none"`, so the note is cut out before they see it.
    Segments: ITU-T T.81, annex B; chunks: PNG (3rd edition), 5.3. */
async function unturned(file) {
  const view = async (at, length) => new DataView(await file.slice(at, at + length).arrayBuffer());
  const kept = [];
  let from = 0;
  const cut = (at, length) => {
    kept.push(file.slice(from, at));
    from = at + length;
  };
  const start = await view(0, 8);
  if (start.byteLength < 8) return file;
  if (start.getUint16(0) === 0xffd8) {
    for (let at = 2, head; (head = await view(at, 10)).byteLength === 10; at += 2 + head.getUint16(2)) {
      const marker = head.getUint16(0);
      if (marker < 0xffc0 || marker === 0xffda) break; // no marker, or the pixels
      if (marker === 0xffe1 && head.getUint32(4) === 0x45786966) cut(at, 2 + head.getUint16(2)); // "Exif"
    }
  } else if (start.getUint32(0) === 0x89504e47) {
    for (let at = 8, head; (head = await view(at, 8)).byteLength === 8; at += 12 + head.getUint32(0)) {
      if (head.getUint32(4) === 0x65584966) cut(at, 12 + head.getUint32(0)); // "eXIf"
    }
  }
  return kept.length ? new Blob([...kept, file.slice(from)], { type: file.type }) : file;
}

/** Whether what is read from a canvas is what was drawn on it. */
function readsTrue() {
  const pen = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
  const drawn = new ImageData(SIDE, SIDE);
  for (let at = 0; at < drawn.data.length; at++) drawn.data[at] = at % 4 === 3 ? 255 : (at * 97) % 251;
  pen.putImageData(drawn, 0, 0);
  const read = pen.getImageData(0, 0, SIDE, SIDE, { colorSpace: "srgb" }).data;
  return read.every((value, at) => value === drawn.data[at]);
}

/** A picture small enough to see at once whether two are the same. */
function glimpse(bitmap) {
  const pen = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });
  pen.drawImage(bitmap, 0, 0, SIDE, SIDE);
  return [bitmap.width, bitmap.height, ...pen.getImageData(0, 0, SIDE, SIDE).data].join();
}

function decoded(file) {
  return createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
}

/** The hash of a picture's file as its pixels lie, and the one of what is seen where that is another. */
async function ofFile(file, told) {
  const plain = await unturned(file);
  const bitmap = await decoded(plain);
  const { width, height } = bitmap;
  if (width * height > MOST_PIXELS) return { fault: "too_large" };
  const found = { ...hashOf(bitmap, width, height, told), width, height, upright: null };
  const seen = plain === file ? "" : glimpse(bitmap);
  bitmap.close(); // one at a time: an old phone has room for one
  if (!seen) return found;
  const turned = await decoded(file);
  if (glimpse(turned) !== seen) found.upright = hashOf(turned, turned.width, turned.height);
  turned.close();
  return found;
}

async function answer({ id, file, frame, digest }) {
  if (digest) return { id, sha256: await sha256(digest) };
  if (!readsTrue()) return { id, fault: "untrue" };
  if (file) {
    const found = await ofFile(file, (progress) => self.postMessage({ id, progress }));
    return found.fault ? { id, ...found } : { id, ...found, sha256: await sha256(file) };
  }
  const found = hashOf(frame, frame.width, frame.height);
  frame.close();
  return { id, ...found };
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  self.onmessage = async ({ data }) => {
    try {
      self.postMessage(await answer(data));
    } catch (error) {
      self.postMessage({ id: data.id, fault: "not_read" });
    }
  };
}
