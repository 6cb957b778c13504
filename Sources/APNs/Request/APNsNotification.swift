#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What goes to any number of devices: a payload and its headers, checked against every rule that can be known before sending. A payload
/// goes out byte for byte.
public struct APNsNotification: Sendable {
    public let payload: [UInt8]
    public let pushType: APNsPushType
    /// Nil leaves it to APNs.
    public let priority: APNsPriority?
    public let expiration: APNsExpiration?
    public let collapseID: String?

    /// - Parameters:
    ///   - payload: JSON, UTF-8; ``APNsContent/bytes()`` makes one.
    ///   - priority: nil for the type's own.
    ///   - expiration: nil leaves it to APNs, which keeps a push up to 30 days.
    ///   - collapseID: of undelivered pushes with the same id a device gets only the newest, and shows one; at most
    ///     ``maximumCollapseIDBytes``.
    /// - Throws: `invalidHeader`, `invalidPayload`, `tooLarge`.
    public init(
        payload: [UInt8], pushType: APNsPushType, priority: APNsPriority? = nil, expiration: APNsExpiration? = nil,
        collapseID: String? = nil
    ) throws(APNsError) {
        self.init(payload, pushType, priority: priority, expiration: expiration, collapseID: collapseID)
        try checkHeaders(priority)
        try checkSize()
        try checkPayload(pushType, try JSONShape.payload(payload))
    }

    /// The same for content that hasn't been written down yet, without reading it back.
    /// - Throws: `invalidHeader`, `invalidPayload`, `tooLarge`.
    public init(
        _ content: APNsContent<APS, some Encodable & Sendable>, pushType: APNsPushType, priority: APNsPriority? = nil,
        expiration: APNsExpiration? = nil, collapseID: String? = nil
    ) throws(APNsError) {
        self.init(try content.bytes(), pushType, priority: priority, expiration: expiration, collapseID: collapseID)
        try checkHeaders(priority)
        try checkPayload(pushType, .object(["aps": content.aps.shape]))
        try checkSize()
    }

    private init(
        _ payload: [UInt8], _ pushType: APNsPushType, priority: APNsPriority?, expiration: APNsExpiration?, collapseID: String?
    ) {
        self.payload = payload
        self.pushType = pushType
        self.priority = priority ?? pushType.defaultPriority
        self.expiration = expiration
        self.collapseID = collapseID
    }

    public static let maximumCollapseIDBytes = 64

    /// Without those that depend on the app, the device or the credential.
    var headers: [(name: String, value: String)] {
        var headers = [(name: "apns-push-type", value: pushType.rawValue)]
        if let priority { headers.append(("apns-priority", String(priority.rawValue))) }
        if let expiration { headers.append(("apns-expiration", expiration.header)) }
        if let collapseID { headers.append(("apns-collapse-id", collapseID)) }
        return headers
    }

    private func checkHeaders(_ priority: APNsPriority?) throws(APNsError) {
        if let collapseID { try checkCollapseID(collapseID) }
        guard let priority, !pushType.allowedPriorities.contains(priority) else { return }
        let allowed = pushType.allowedPriorities.map { String($0.rawValue) }.joined(separator: " or ")
        throw APNsError(
            .invalidHeader, field: "apns-priority", "a push of type \(pushType.rawValue) has priority \(allowed), not \(priority.rawValue)")
    }

    private func checkCollapseID(_ id: String) throws(APNsError) {
        let bytes = id.utf8.count
        try check(
            (1...Self.maximumCollapseIDBytes).contains(bytes), .invalidHeader, "apns-collapse-id",
            "it has 1 to \(Self.maximumCollapseIDBytes) bytes; this has \(bytes)")
        try check(
            id.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && id.first != " " && id.last != " ", .invalidHeader, "apns-collapse-id",
            "it stands in a header: no line ends or other control characters, no space at either end")
    }

    private func checkSize() throws(APNsError) {
        try check(
            payload.count <= pushType.maximumPayloadBytes, .tooLarge, nil,
            """
            the payload has \(payload.count) bytes; APNs takes \(pushType.maximumPayloadBytes) for \(pushType.rawValue): shorten the \
            texts or send a link to the rest
            """)
    }
}

/// The header `apns-expiration`: until when APNs tries to deliver.
public enum APNsExpiration: Sendable, Hashable {
    /// One attempt; nothing is stored.
    case immediately
    case at(Date)

    /// Unix seconds. A moment before 1970 is `immediately`.
    public var header: String {
        switch self {
        case .immediately: "0"
        case .at(let date): String(max(0, date.unixSeconds))
        }
    }
}
