#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A payload in the making: `aps`, and beside it whatever the app understands.
public struct APNsContent<Dictionary: Encodable & Sendable, Custom: Encodable & Sendable>: Sendable {
    public var aps: Dictionary
    /// Its members stand beside `aps`.
    public var custom: Custom

    /// - Parameters:
    ///   - aps: ``APS``, ``LiveActivityAPS``, or any dictionary that Apple invents after this was written.
    ///   - custom: encodes as a JSON object without a member `aps`.
    public init(aps: Dictionary, custom: Custom) {
        self.aps = aps
        self.custom = custom
    }

    /// JSON, with names in order: the same content gives the same bytes.
    /// - Throws: `invalidPayload` when something can't be encoded, or `custom` isn't an object, or has a member `aps`.
    public func bytes() throws(APNsError) -> [UInt8] {
        let members = try encodedJSON(custom)
        try check(members.first == UInt8(ascii: "{"), .invalidPayload, nil, "what stands beside aps has to be a JSON object")
        guard members.count > 2 else { return Array(#"{"aps":"#.utf8) + (try encodedJSON(aps)) + Array("}".utf8) }
        try check(!Self.hasAps(members), .invalidPayload, "aps", "aps is Apple's own; give the app's data another name")
        return Array(#"{"aps":"#.utf8) + (try encodedJSON(aps)) + Array(",".utf8) + members.dropFirst()
    }

    /// Read only where the word occurs at all.
    private static func hasAps(_ members: [UInt8]) -> Bool {
        guard members.contains(#""aps""#.utf8), case .object(let names) = JSONShape(members) else { return false }
        return names["aps"] != nil
    }
}

extension APNsContent where Custom == NoContent {
    public init(aps: Dictionary) { self.init(aps: aps, custom: NoContent()) }
}

/// An empty JSON object.
public struct NoContent: Sendable, Hashable, Encodable {
    private enum CodingKeys: CodingKey {}
    public init() {}
    public func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: CodingKeys.self) }
}

/// - Throws: `invalidPayload`.
func encodedJSON(_ value: some Encodable) throws(APNsError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    do {
        return Array(try encoder.encode(value))
    } catch {
        throw APNsError(.invalidPayload, "the content can't be written as JSON: a number may be infinite or none")
    }
}
