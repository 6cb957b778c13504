/// How long to wait before the next try of what is away: 0.1 s doubling to 5 s, each by chance between half of that and all of it.
public struct Backoff: Sendable {
    private var ceilingSeconds: Double

    public init(firstSeconds: Double = 0.1) { ceilingSeconds = firstSeconds }

    public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        defer { ceilingSeconds = min(5, ceilingSeconds * 2) }
        return .seconds(Double.random(in: ceilingSeconds / 2...ceilingSeconds, using: &random))
    }

    public mutating func next() -> Duration {
        var random = SystemRandomNumberGenerator()
        return next(using: &random)
    }
}
