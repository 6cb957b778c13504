/// `aps.sound`: a file of the app, `default`, or a critical alert's.
public enum APSSound: Sendable, Hashable, Encodable {
    case named(String)
    /// Sounds even when the device is muted. Needs an entitlement.
    /// - volume: 0...1.
    case critical(name: String, volume: Double)

    public static let `default` = APSSound.named("default")

    private enum CodingKeys: CodingKey { case critical, name, volume }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .named(let name):
            var container = encoder.singleValueContainer()
            try container.encode(name)
        case .critical(let name, let volume):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(1, forKey: .critical)
            try container.encode(name, forKey: .name)
            try container.encode(min(max(volume, 0), 1), forKey: .volume)
        }
    }
}
