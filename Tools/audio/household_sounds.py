"""Music, noises and household sounds in which nobody speaks, made from nothing but numbers: the same seed gives the same samples.

python3 household_sounds.py FOLDER [SEED] writes each of them as FOLDER/NAME.wav, 4 s at 16 kHz.
"""

import array
import math
import pathlib
import random
import sys
import wave

RATE = 16000
SECONDS = 4
COUNT = RATE * SECONDS
TAU = 2 * math.pi


# Building blocks. A sound is a list of floats; a level is left to normalise().


def silence():
    return [0.0] * COUNT


def add(target, sound, start=0.0, gain=1.0):
    at = int(start * RATE)
    for index in range(min(len(sound), len(target) - at)):
        target[at + index] += gain * sound[index]
    return target


def mix(*sounds):
    return [sum(values) for values in zip(*sounds)]


def tone(hertz, seconds=SECONDS, harmonics=(1.0,), attack=0.02, decay=None, vibrato=0.0, tremolo=0.0):
    """Harmonics of one pitch; DECAY: seconds to 1/e; VIBRATO: depth as a share of the pitch, at 5.5 Hz; TREMOLO: depth, at 6 Hz."""
    count = int(seconds * RATE)
    phases = [TAU * hertz * n / RATE - (vibrato * hertz / 5.5) * math.cos(TAU * 5.5 * n / RATE) for n in range(count)]
    made = [0.0] * count
    for number, weight in enumerate(harmonics, 1):
        if weight and number * hertz < RATE / 2:
            made = [value + weight * math.sin(number * phase) for value, phase in zip(made, phases)]
    for n in range(count):
        level = min(1.0, n / (attack * RATE), (count - n) / (0.02 * RATE))
        if decay:
            level *= math.exp(-n / (decay * RATE))
        if tremolo:
            level *= 1 - tremolo * (0.5 + 0.5 * math.sin(TAU * 6 * n / RATE))
        made[n] *= level
    return made


def chord(hertz, **how):
    return mix(*(tone(pitch, **how) for pitch in hertz))


def white(rng, seconds=SECONDS):
    return [rng.uniform(-1, 1) for _ in range(int(seconds * RATE))]


def low(sound, hertz, order=1):
    """A one-pole low pass, ORDER times."""
    share = 1 - math.exp(-TAU * hertz / RATE)
    for _ in range(order):
        state, made = 0.0, []
        for value in sound:
            state += share * (value - state)
            made.append(state)
        sound = made
    return sound


def high(sound, hertz):
    return [value - slow for value, slow in zip(sound, low(sound, hertz))]


def resonant(sound, hertz, width):
    """A two-pole band pass."""
    radius = math.exp(-math.pi * width / RATE)
    first, second = 2 * radius * math.cos(TAU * hertz / RATE), -radius * radius
    a = b = 0.0
    made = []
    for value in sound:
        a, b = value + first * a + second * b, a
        made.append(a * (1 - radius))
    return made


def shaped(sound, level):
    """Times a level that LEVEL gives for each second."""
    return [value * level(n / RATE) for n, value in enumerate(sound)]


def burst(rng, seconds, decay, hertz=None, width=200):
    noise = shaped(white(rng, seconds), lambda t: math.exp(-t / decay))
    return resonant(noise, hertz, width) if hertz else noise


def repeated(make, times):
    made = silence()
    for start in times:
        add(made, make(), start)
    return made


def sweep(pitch, harmonics=(1.0,), seconds=SECONDS):
    """A tone whose pitch in hertz at each second PITCH gives."""
    phase, phases = 0.0, []
    for n in range(int(seconds * RATE)):
        phase += TAU * pitch(n / RATE) / RATE
        phases.append(phase)
    return [sum(w * math.sin(k * p) for k, w in enumerate(harmonics, 1)) for p in phases]


def beeps(hertz, on, off, harmonics=(1.0,)):
    return repeated(lambda: tone(hertz, on, harmonics, attack=0.005), steps(on + off))


def steps(every, first=0.1):
    return [first + every * n for n in range(int((SECONDS - first) / every))]


def around(rng, every, first=0.1):
    """Times about EVERY seconds apart."""
    times, now = [], first
    while now < SECONDS - 0.1:
        times.append(now)
        now += every * rng.uniform(0.6, 1.4)
    return times


# Instruments: weights of harmonics.
SINE = (1.0,)
SAW = tuple(1 / n for n in range(1, 21))
SQUARE = tuple(1 / n if n % 2 else 0.0 for n in range(1, 20))
ORGAN = (1.0, 0.8, 0.5, 0.4, 0.0, 0.25, 0.0, 0.2)
PIANO = (1.0, 0.6, 0.35, 0.2, 0.12, 0.08, 0.05)
STRINGS = tuple(1 / n**1.2 for n in range(1, 16))
FLUTE = (1.0, 0.25, 0.08, 0.03)
BRASS = (0.6, 1.0, 0.9, 0.7, 0.5, 0.35, 0.25, 0.15)
REED = (1.0, 0.2, 0.7, 0.15, 0.5, 0.1, 0.3, 0.1, 0.15)


def triad(rng, root=130.8):
    base = root * 2 ** (rng.randrange(12) / 12)
    third = rng.choice((3, 4))
    return [base, base * 2 ** (third / 12), base * 2 ** (7 / 12)]


def cadence(rng, harmonics, **how):
    """Four chords, a second each."""
    made = silence()
    for bar in range(SECONDS):
        add(made, chord(triad(rng), seconds=1.0, harmonics=harmonics, **how), bar)
    return made


def arpeggio(rng):
    notes = triad(rng, 196)
    return repeated(iter([tone(notes[n % 3] * (1 + n // 3 % 2), 0.5, PIANO, decay=0.25) for n in range(40)]).__next__, steps(0.2))


def melody(rng):
    scale = [0, 2, 4, 5, 7, 9, 11, 12]
    made = silence()
    for start in steps(0.4):
        add(made, tone(261.6 * 2 ** (rng.choice(scale) / 12), 0.38, FLUTE, vibrato=0.006), start)
    return made


def drums(rng):
    kick = lambda: sweep(lambda t: 50 + 90 * math.exp(-t / 0.04), seconds=0.25)
    made = silence()
    for beat, start in enumerate(steps(0.25)):
        if beat % 4 == 0:
            add(made, shaped(kick(), lambda t: math.exp(-t / 0.1)), start, 1.2)
        if beat % 4 == 2:
            add(made, burst(rng, 0.2, 0.06), start, 0.6)
        add(made, high(burst(rng, 0.06, 0.015), 4000), start, 0.5)
    return made


def hum(rng):
    return tone(50, harmonics=(1.0, 0.5, 0.6, 0.2, 0.35, 0.1, 0.2))


def tuned(noise, *resonances):
    return mix(*(resonant(noise, hertz, width) for hertz, width in resonances))


def fan(rng):
    return shaped(low(white(rng), 600, 2), lambda t: 1 + 0.25 * math.sin(TAU * 14 * t))


def vacuum(rng):
    return mix([2 * v for v in low(white(rng), 2500)], [0.25 * v for v in tone(310, harmonics=SAW)])


def tap(rng):
    return shaped(high(low(white(rng), 5000), 700), lambda t: 1 + 0.2 * math.sin(TAU * 3 * t + math.sin(9 * t)))


def kettle(rng):
    return mix(
        [0.3 * v for v in low(white(rng), 1500)],
        shaped(sweep(lambda t: 2100 + 500 * t / SECONDS + 12 * math.sin(TAU * 11 * t), (1.0, 0.3)), lambda t: t / SECONDS))


def knocks(rng):
    made = silence()
    for start in (0.3, 0.55, 0.8, 2.0, 2.25, 2.5):
        add(made, burst(rng, 0.2, 0.03, 180, 120), start, 4)
        add(made, burst(rng, 0.02, 0.005), start, 0.5)
    return made


def claps(rng):
    return repeated(lambda: resonant(burst(rng, 0.12, 0.02), 1300, 900), around(rng, 0.5))


def applause(rng):
    return repeated(lambda: [rng.uniform(0.2, 1) * v for v in resonant(burst(rng, 0.06, 0.012), rng.uniform(900, 1900), 900)],
                    around(rng, 0.012))


def typing(rng):
    return repeated(lambda: resonant(burst(rng, 0.05, 0.008), rng.uniform(1500, 3500), 900), around(rng, 0.14))


def glass(rng):
    ring = lambda f: mix(*(tone(f * k, 0.8, decay=0.25 / k, attack=0.001) for k in (1, 2.32, 4.25)))
    return repeated(lambda: ring(rng.uniform(1800, 2600)), around(rng, 0.7))


def dishes(rng):
    return repeated(lambda: tone(rng.uniform(900, 4200), 0.3, (1, 0.5), decay=0.05, attack=0.001), around(rng, 0.12))


def barks(rng):
    def bark():
        voice = sweep(lambda t: 420 + 260 * math.sin(math.pi * min(1, t / 0.18)), SAW[:10], 0.18)
        rough = mix([0.5 * v for v in voice], [0.7 * v for v in white(rng, 0.18)])
        return shaped(tuned(rough, (900, 300), (1900, 500)), lambda t: math.sin(math.pi * t / 0.18))
    return repeated(bark, (0.3, 0.65, 1.7, 2.05, 3.2))


def birds(rng):
    def chirp():
        base, depth = rng.uniform(2500, 4000), rng.uniform(300, 900)
        return shaped(sweep(lambda t: base + depth * math.sin(TAU * 17 * t), seconds=0.22), lambda t: math.sin(math.pi * t / 0.22))
    return repeated(chirp, around(rng, 0.4))


def crickets(rng):
    return shaped(tone(4300, harmonics=SINE), lambda t: max(0, math.sin(TAU * 28 * t)) * (t % 0.7 < 0.35))


def cat(rng):
    def meow():
        return shaped(
            tuned(sweep(lambda t: 480 + 260 * math.sin(math.pi * t / 0.8), SAW[:12], 0.8), (1100, 350), (2600, 600)),
            lambda t: math.sin(math.pi * t / 0.8))
    return repeated(meow, (0.4, 2.2))


def ringtone(rng):
    return shaped(mix(tone(440), tone(480)), lambda t: float(t % 2 < 1.2))


def old_bell(rng):
    return shaped(mix(tone(1250, harmonics=(1, 0.5)), tone(1720)), lambda t: (0.5 + 0.5 * math.sin(TAU * 22 * t)) * (t % 2 < 1.4))


def marimba(rng):
    notes = [rng.choice((523, 587, 659, 784, 880)) for _ in range(6)] * 8
    return repeated(iter([tone(n, 0.4, (1, 0, 0, 0.3), decay=0.1, attack=0.002) for n in notes]).__next__, steps(0.18))


def dial(rng):
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477)
    return repeated(lambda: chord((rng.choice(rows), rng.choice(columns)), seconds=0.15, attack=0.004), steps(0.25))


def siren(rng):
    return sweep(lambda t: 750 + 350 * math.sin(TAU * 0.5 * t), (1, 0.4, 0.2))


def two_tone_horn(rng):
    return sweep(lambda t: 435 if t % 1 < 0.5 else 580, BRASS)


def engine(rng):
    beat = sweep(lambda t: 26 + 1.5 * math.sin(TAU * 0.4 * t), tuple(1 / n**0.6 for n in range(1, 24)))
    return mix(low(beat, 500), [0.6 * v for v in low(white(rng), 300)])


def rain(rng):
    return mix([0.5 * v for v in high(white(rng), 1200)],
               repeated(lambda: burst(rng, 0.02, 0.004, rng.uniform(1500, 5000), 900), around(rng, 0.015)))


def wind(rng):
    noise = white(rng)
    return mix(shaped(resonant(noise, 380, 160), lambda t: 1.2 + math.sin(TAU * 0.35 * t)),
               shaped(resonant(noise, 720, 200), lambda t: 0.7 + 0.6 * math.sin(TAU * 0.23 * t + 1)))


def thunder(rng):
    return shaped(low(white(rng), 90, 2), lambda t: math.exp(-((t - 1) ** 2)) + 0.5 * math.exp(-((t - 2.4) ** 2) * 3))


def fireplace(rng):
    crackle = repeated(lambda: [rng.uniform(0.2, 1.5) * v for v in burst(rng, 0.01, 0.002)], around(rng, 0.05))
    return mix(crackle, [2 * v for v in low(white(rng), 200, 2)])


def clock(rng):
    return repeated(lambda: mix(burst(rng, 0.03, 0.004, 2600, 500), burst(rng, 0.03, 0.006, 1200, 400)), steps(0.5))


def dishwasher(rng):
    swish = shaped(low(high(white(rng), 300), 1800), lambda t: 0.6 + 0.4 * math.sin(TAU * 0.9 * t) ** 2)
    return mix(swish, [0.15 * v for v in hum(rng)])


def hair_dryer(rng):
    return mix(high(low(white(rng), 4000), 400), [0.08 * v for v in tone(620, harmonics=SAW)])


def spinning(rng):
    drum = shaped(low(white(rng), 700, 2), lambda t: 1 + 0.5 * math.sin(TAU * 13 * t))
    return mix([3 * v for v in drum], [0.2 * v for v in sweep(lambda t: 180 + 30 * t, STRINGS[:8])])


def drill(rng):
    return mix(sweep(lambda t: 240 + 25 * math.sin(TAU * 0.7 * t), SAW), [0.7 * v for v in high(white(rng), 1500)])


def modem(rng):
    return sweep(lambda t: rng.choice((1200, 2200)) if int(t * 300) != int((t - 1 / RATE) * 300) else 1200)


def clicks(rng):
    made = silence()
    for start in around(rng, 0.11):
        made[int(start * RATE)] = rng.choice((-1.0, 1.0))
    return made


def breath(rng):
    return shaped(tuned(white(rng), (700, 700), (1700, 1200)), lambda t: max(0, math.sin(TAU * 0.4 * t)) ** 2)


def footsteps(rng):
    return repeated(lambda: mix(burst(rng, 0.12, 0.03, 110, 80), [0.1 * v for v in burst(rng, 0.12, 0.02)]), steps(0.55))


def zipper(rng):
    return shaped(high(white(rng), 2000), lambda t: (1 + math.sin(TAU * (60 + 25 * t) * t)) * (t % 1.4 < 0.6))


def paper(rng):
    return repeated(lambda: shaped(high(white(rng, 0.15), 1800), lambda t: rng.uniform(0, 1) * (1 - t / 0.15)), around(rng, 0.3))


def offset(rng):
    return [0.2] * COUNT


def pink(rng):
    noise = white(rng)
    return mix(*(low(noise, hertz) for hertz in (40, 160, 640, 2560)))


def brown(rng):
    return high(low(white(rng), 15), 10)


SOUNDS = {
    "held chord, sines": lambda rng: chord(triad(rng)),
    "held chord, saw": lambda rng: chord(triad(rng), harmonics=SAW),
    "held chord, square": lambda rng: chord(triad(rng), harmonics=SQUARE),
    "held chord, organ": lambda rng: chord(triad(rng), harmonics=ORGAN),
    "held chord, high organ": lambda rng: chord(triad(rng, 261.6), harmonics=ORGAN),
    "held chord, strings": lambda rng: chord(triad(rng), harmonics=STRINGS, attack=0.4, vibrato=0.008),
    "held chord, brass": lambda rng: chord(triad(rng), harmonics=BRASS, attack=0.08),
    "held chord, accordion": lambda rng: mix(chord(triad(rng, 196), harmonics=REED), chord(triad(rng, 197.2), harmonics=REED)),
    "held chord, tremolo organ": lambda rng: chord(triad(rng), harmonics=ORGAN, tremolo=0.6),
    "held low fifth, saw": lambda rng: chord((65.4, 98.0), harmonics=SAW),
    "held note, cello": lambda rng: tone(110 * 2 ** (rng.randrange(12) / 12), harmonics=STRINGS, vibrato=0.01, attack=0.2),
    "held note, trumpet": lambda rng: tone(220 * 2 ** (rng.randrange(12) / 12), harmonics=BRASS, vibrato=0.006),
    "chords, piano": lambda rng: cadence(rng, PIANO, decay=0.7, attack=0.004),
    "chords, guitar": lambda rng: cadence(rng, SAW[:12], decay=0.45, attack=0.003),
    "chords, organ": lambda rng: cadence(rng, ORGAN),
    "chords, brass": lambda rng: cadence(rng, BRASS, attack=0.05),
    "arpeggio": arpeggio, "melody, flute": melody, "drums": drums, "marimba ringtone": marimba,
    "white noise": white, "pink noise": pink, "brown noise": brown, "mains hum": hum, "offset": offset,
    "fan": fan, "vacuum cleaner": vacuum, "hair dryer": hair_dryer, "water tap": tap, "kettle": kettle,
    "dishwasher": dishwasher, "washing machine": spinning, "drill": drill, "engine": engine,
    "door knocks": knocks, "claps": claps, "applause": applause, "typing": typing, "glasses": glass, "dishes": dishes,
    "footsteps": footsteps, "zipper": zipper, "paper": paper, "clock": clock, "clicks": clicks, "breath": breath,
    "barks": barks, "cat": cat, "birds": birds, "crickets": crickets,
    "rain": rain, "wind": wind, "thunder": thunder, "fireplace": fireplace,
    "ringing tone": ringtone, "old telephone": old_bell, "dialling": dial, "alarm clock": lambda rng: beeps(2000, 0.1, 0.1, SQUARE),
    "microwave oven": lambda rng: beeps(1000, 0.5, 0.5), "smoke alarm": lambda rng: beeps(3100, 0.5, 0.5, SQUARE[:3]),
    "siren": siren, "two-tone horn": two_tone_horn, "test tone": lambda rng: tone(1000),
    "sweep": lambda rng: sweep(lambda t: 100 * 60 ** (t / SECONDS)),
}


def make(name, seed=1, peak=0.5):
    """The samples of a sound, floats within PEAK."""
    made = SOUNDS[name](random.Random(f"{name} {seed}"))
    loudest = max(abs(value) for value in made) or 1.0
    return [value * peak / loudest for value in made]


def wav(samples):
    """16-bit WAV bytes."""
    import io

    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        values = array.array("h", (int(max(-1.0, min(1.0, value)) * 32767) for value in samples))
        if sys.byteorder == "big":
            values.byteswap()
        out.writeframes(values.tobytes())
    return file.getvalue()


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in SOUNDS:
        (folder / f"{name.replace(', ', '-').replace(' ', '-')}.wav").write_bytes(
            wav(make(name, int(sys.argv[2]) if len(sys.argv) > 2 else 1)))
