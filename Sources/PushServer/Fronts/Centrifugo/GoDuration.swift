/// A span of time as Go writes it: `300ms`, `1.5s`, `1h30m`, `0`. https://pkg.go.dev/time#ParseDuration
struct GoDuration: Hashable {
    let seconds: Double

    /// - Returns: nil for what is none, or is less than nothing.
    init?(_ text: String) {
        if text == "0" {
            seconds = 0
            return
        }
        var sum = 0.0, rest = Substring(text)
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let unit = rest.dropFirst(number.count).prefix { $0 != "." && !$0.isNumber }
            guard let count = Double(number), let length = Self.units[String(unit)] else { return nil }
            sum += count * length
            rest = rest.dropFirst(number.count + unit.count)
        }
        guard !text.isEmpty, sum.isFinite else { return nil }
        seconds = sum
    }

    private static let units = ["ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600]
}
