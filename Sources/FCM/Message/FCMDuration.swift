/// `google.protobuf.Duration`: `"3.5s"` in JSON.
public struct FCMDuration: Sendable, Hashable, Codable {
    public var seconds: Double

    public init(seconds: Double) { self.seconds = seconds }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds.isFinite else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "write seconds with an s: \"3.5s\"")
        }
        self.seconds = seconds
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let isWhole = seconds == seconds.rounded() && abs(seconds) < 1e15
        try container.encode((isWhole ? String(Int64(seconds)) : String(seconds)) + "s")
    }
}
