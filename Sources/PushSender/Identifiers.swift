#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A tenant: its own credentials, devices and keys. A fresh server has one, ``default``.
public struct AppID: RawRepresentable, Sendable, Hashable, Codable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
    public static let `default` = AppID(rawValue: 1)
}

/// The far side a device hangs on: the first word of a lane.
public struct ProviderName: RawRepresentable, Sendable, Hashable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Somebody's Web Push service: Mozilla's, Google's, Apple's, ours.
    public static let webPush = ProviderName(rawValue: "webpush")
    /// Apple Push Notification service.
    public static let apns = ProviderName(rawValue: "apns")
    /// Firebase Cloud Messaging.
    public static let fcm = ProviderName(rawValue: "fcm")
    /// Huawei Push Kit.
    public static let hms = ProviderName(rawValue: "hms")
    /// Windows Push Notification Services.
    public static let wns = ProviderName(rawValue: "wns")
}

/// Which of a provider's separate worlds: APNs has two, the others one, which has no name.
public struct ProviderEnvironment: RawRepresentable, Sendable, Hashable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let only = ProviderEnvironment(rawValue: "")
    public static let production = ProviderEnvironment(rawValue: "production")
    public static let sandbox = ProviderEnvironment(rawValue: "sandbox")
}

/// What has a concurrency, a rate and a circuit breaker of its own, so that one cannot starve another.
public struct Lane: Sendable, Hashable, CustomStringConvertible {
    public let app: AppID
    public let provider: ProviderName
    public let environment: ProviderEnvironment

    public init(app: AppID, provider: ProviderName, environment: ProviderEnvironment = .only) {
        self.app = app
        self.provider = provider
        self.environment = environment
    }

    public var description: String {
        "App \(app.rawValue), \(provider.rawValue)" + (environment == .only ? "" : " \(environment.rawValue)")
    }
}

/// One installation of an App that can receive pushes. Text, stable for the installation's life.
public struct DeviceID: RawRepresentable, Sendable, Hashable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(now: Date, random: inout some RandomNumberGenerator) {
        rawValue = timeOrderedID(now: now, random: &random)
    }

    /// Whether it could be one that ``init(now:random:)`` made.
    public var isWellFormed: Bool {
        let parts = rawValue.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts[2].first == UInt8(ascii: "7")
            && parts.joined().allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    /// Where this device stands in the order that cursors walk (see ``ShardRange``).
    public var shard: Int { ShardRange.shard(of: rawValue) }
}

/// One accepted send request.
public struct PushID: RawRepresentable, Sendable, Hashable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(now: Date, random: inout some RandomNumberGenerator) {
        rawValue = timeOrderedID(now: now, random: &random)
    }
}

/// A UUID of version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits. Rows made together stand together.
private func timeOrderedID(now: Date, random: inout some RandomNumberGenerator) -> String {
    let milliseconds = UInt64(max(0, now.timeIntervalSince1970 * 1000))
    let high = (milliseconds << 16) | 0x7000 | (random.next() & 0x0FFF)
    let low = 0x8000_0000_0000_0000 | (random.next() & 0x3FFF_FFFF_FFFF_FFFF)
    let hex = hexDigits(high) + hexDigits(low)
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        .map { hex[$0].map { String(UnicodeScalar($0)) }.joined() }.joined(separator: "-")
}

private func hexDigits(_ value: UInt64) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return (0..<16).map { digits[Int((value >> (60 - 4 * UInt64($0))) & 0xF)] }
}
