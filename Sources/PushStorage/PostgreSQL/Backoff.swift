/// How long to wait before the next try: 0.1 s doubling to 5 s, each by chance between half of that and all of it.
struct Backoff {
    private var ceilingSeconds = 0.1

    mutating func nextSeconds() -> Double {
        defer { ceilingSeconds = min(5, ceilingSeconds * 2) }
        return Double.random(in: ceilingSeconds / 2...ceilingSeconds)
    }
}
