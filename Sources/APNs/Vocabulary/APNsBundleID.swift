/// Which app a push is for. For device management it is the UID of the MDM certificate's subject.
public struct APNsBundleID: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// What Apple permits is shorter; beyond this it can't be one.
    public static let maximumBytes = 255

    /// - Parameter text: letters, digits, dots, hyphens and underscores, without a suffix for the push type.
    /// - Throws: `invalidHeader`.
    public init(_ text: String) throws(APNsError) {
        try check(
            !text.isEmpty && text.utf8.count <= Self.maximumBytes && text.utf8.allSatisfy(isPlain), .invalidHeader, "apns-topic",
            "a bundle id has letters, digits, dots and hyphens only, like com.example.app")
        let suffix = APNsPushType.allCases.map(\.topicSuffix).first { !$0.isEmpty && text.hasSuffix($0) && $0.hasPrefix(".push") }
        try check(
            suffix == nil, .invalidHeader, "apns-topic", "give the bundle id without \(suffix ?? ""); that follows from the push type")
        self.text = text
    }

    /// The header `apns-topic`.
    public func topic(_ pushType: APNsPushType) -> String { text + pushType.topicSuffix }

    public var description: String { text }
}

private func isPlain(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
}

func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
}
