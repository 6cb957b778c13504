/// `google.protobuf.Duration`: `"3.5s"` in JSON, with at most nine decimals.
public struct FCMDuration: Sendable, Hashable, Codable {
    public var seconds: Double

    public init(seconds: Double) { self.seconds = seconds }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let seconds = Self.seconds(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "write seconds with an s: \"3.5s\"")
        }
        self.seconds = seconds
    }

    /// - Throws: for what is no number, or more than 10,000 years.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        guard abs(seconds) <= Self.maximumSeconds else {
            throw EncodingError.invalidValue(seconds, .init(codingPath: encoder.codingPath, debugDescription: "no duration"))
        }
        try container.encode(text)
    }

    /// Whether it can be a length of time on a device.
    var isSpan: Bool { (0...Self.maximumSeconds).contains(seconds) }

    /// - Parameter text: `"3.5s"`
    static func seconds(_ text: String) -> Double? {
        guard text.hasSuffix("s"), let seconds = Double(text.dropLast()), abs(seconds) <= maximumSeconds else { return nil }
        return seconds
    }

    /// By whole nanoseconds: what Swift makes of 0.1 + 0.2, or of 0.00001, is no duration to protobuf.
    private var text: String {
        let whole = seconds.rounded(.towardZero)
        let nanoseconds = Int64((abs(seconds - whole) * 1e9).rounded())
        // Rounded up to the next second.
        if nanoseconds == 1_000_000_000 { return "\(Int64(whole + (seconds < 0 ? -1 : 1)))s" }
        let sign = seconds < 0 ? "-" : ""
        return "\(sign)\(Int64(abs(whole)))\(Self.fraction(nanoseconds))s"
    }

    private static func fraction(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "" }
        let digits = String(String(nanoseconds + 1_000_000_000).dropFirst())
        return "." + String(digits.reversed().drop { $0 == "0" }.reversed())
    }

    private static let maximumSeconds = 315_576_000_000.0
}
