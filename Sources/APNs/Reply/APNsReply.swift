#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An answer of APNs.
public struct APNsReply: Sendable {
    public let status: Int
    /// Nil on success, and when the body can't be read.
    public let reason: APNsReason?
    /// With status 410: when APNs found the token to be dead. A registration after that outlives it.
    public let timestamp: Date?
    /// `apns-id`
    public let id: String?
    /// `apns-unique-id`, which the sandbox alone gives: finds the push in the Push Notifications Console.
    public let uniqueID: String?

    /// - Parameter header: gives the value of a header by its name in lower case.
    public init(status: Int, body: [UInt8], header: (_ name: String) -> String?) {
        self.status = status
        id = header("apns-id")
        uniqueID = header("apns-unique-id")
        let refusal = status == 200 || body.isEmpty ? nil : try? JSONDecoder().decode(Refusal.self, from: Data(body))
        reason = refusal?.reason.map(APNsReason.init)
        timestamp = refusal?.timestamp.flatMap(Self.date)
    }

    public var isSuccess: Bool { (200...299).contains(status) }

    private struct Refusal: Decodable {
        let reason: String?
        let timestamp: Double?

        private enum CodingKeys: CodingKey { case reason, timestamp }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            reason = try? container.decode(String.self, forKey: .reason)
            timestamp = try? container.decode(Double.self, forKey: .timestamp)
        }
    }

    private static func date(milliseconds: Double) -> Date? {
        milliseconds > 0 && milliseconds < 1e15 ? Date(timeIntervalSince1970: milliseconds / 1000) : nil
    }
}
