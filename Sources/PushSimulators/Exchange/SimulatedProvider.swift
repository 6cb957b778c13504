/// The far sides that are simulated.
public enum SimulatedProvider: String, Sendable, Codable, Hashable, CaseIterable {
    case apns
    case fcm
    case hms
    case wns
    case webpush
}

/// One listening port: Apple has a host for each of its two environments.
public enum SimulatedPort: String, Sendable, Hashable, CaseIterable {
    case apns
    case apnsSandbox = "apns-sandbox"
    case fcm
    case hms
    case wns
    case webpush

    public var provider: SimulatedProvider {
        switch self {
        case .apns, .apnsSandbox: .apns
        case .fcm: .fcm
        case .hms: .hms
        case .wns: .wns
        case .webpush: .webpush
        }
    }

    /// `production` or `sandbox`; nil where there is but one environment.
    public var environment: String? {
        switch self {
        case .apns: "production"
        case .apnsSandbox: "sandbox"
        default: nil
        }
    }
}
