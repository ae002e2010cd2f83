// Clicks on the beats, off until asked for; they are handed to the sound card ahead of time, so they keep time too.
class Clicks {
  constructor() {
    this.on = false;
    this.planned = [];
  }

  toggle() {
    this.on = !this.on;
    if (this.on && !this.context) {
      this.context = new AudioContext();
      this.volume = this.context.createGain();
      this.volume.connect(this.context.destination);
    }
    this.context?.resume();
    if (this.volume) this.volume.gain.value = this.on ? 0.3 : 0;
    if (this.on) this.sound();
  }

  plan(beats) {
    this.planned = beats;
    if (this.on) this.sound();
  }

  sound() {
    const { context, volume } = this;
    const late = context.outputLatency || 0;
    for (const { at, hand } of this.planned) {
      const when = context.currentTime + (at - performance.now()) / 1000 - late;
      if (when <= context.currentTime) continue;
      const tone = context.createOscillator();
      const shape = context.createGain();
      tone.frequency.value = hand === "left" ? 660 : 990;
      shape.gain.setValueAtTime(1, when);
      shape.gain.exponentialRampToValueAtTime(0.001, when + 0.05);
      tone.connect(shape).connect(volume);
      tone.start(when);
      tone.stop(when + 0.06);
    }
    this.planned = [];
  }

  silence() {
    this.planned = [];
    this.context?.close();
    this.context = this.volume = undefined;
    if (this.on) {
      this.on = false;
      this.toggle();
    }
  }
}
