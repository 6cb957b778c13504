#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// As much of a payload as its rules ask about.
indirect enum JSONShape: Decodable {
    case null, boolean, text(String), number(Double), array
    case object([String: JSONShape])

    /// - Returns: nil when the bytes are no JSON.
    init?(_ bytes: [UInt8]) {
        guard let shape = try? JSONDecoder().decode(JSONShape.self, from: Data(bytes)) else { return nil }
        self = shape
    }

    /// - Throws: `invalidPayload` unless the bytes are a JSON object.
    static func payload(_ bytes: [UInt8]) throws(APNsError) -> JSONShape {
        guard let shape = JSONShape(bytes), shape.isObject else {
            throw APNsError(.invalidPayload, "a payload is a JSON object, like {\"aps\":{\"alert\":\"Hello\"}}")
        }
        return shape
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let members = try? container.decode([String: JSONShape].self) {
            self = .object(members)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if (try? container.decode(Bool.self)) != nil {
            self = .boolean
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            _ = try decoder.unkeyedContainer()
            self = .array
        }
    }

    /// A member of an object that isn't null.
    subscript(name: String) -> JSONShape? {
        guard case .object(let members) = self, let member = members[name] else { return nil }
        if case .null = member { return nil }
        return member
    }

    var isObject: Bool { if case .object = self { true } else { false } }
    var isNumber: Bool { if case .number = self { true } else { false } }
    /// How Apple writes a flag.
    var isOne: Bool { if case .number(1) = self { true } else { false } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
}

extension APS {
    /// What reading it back would give, as far as the rules ask.
    var shape: JSONShape {
        var members: [String: JSONShape] = [:]
        if alert != nil { members["alert"] = .object([:]) }
        if badge != nil { members["badge"] = .number(0) }
        if sound != nil { members["sound"] = .text("") }
        if isContentAvailable { members["content-available"] = .number(1) }
        if isMutableContent { members["mutable-content"] = .number(1) }
        return .object(members)
    }
}
