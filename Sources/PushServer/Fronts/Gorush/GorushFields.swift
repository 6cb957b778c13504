import HTTPTypes
import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A member of `notifications`, read field by field. What Go clients send for "nothing" (`null`, `""`) is nothing.
struct GorushFields: Sendable {
    /// `notifications[3]`, for whoever has to look for a mistake.
    let place: String
    private let members: JSONMembers

    /// - Parameter text: a JSON object's.
    init?(_ text: String, place: String) {
        guard let members = JSONMembers(text) else { return nil }
        self.members = members
        self.place = place
    }

    /// Any JSON, byte for byte.
    func json(_ name: String) -> String? {
        members[name].flatMap { $0 == "null" ? nil : $0 }
    }

    /// - Throws: ``GorushProblem`` for what is no text.
    func text(_ name: String) throws(GorushProblem) -> String? {
        let text: String? = try read(name, "a text")
        return text?.isEmpty == true ? nil : text
    }

    /// The same as JSON, as it came.
    func textJSON(_ name: String) throws(GorushProblem) -> String? {
        try text(name) == nil ? nil : json(name)
    }

    func isOn(_ name: String) throws(GorushProblem) -> Bool { try read(name, "true or false") ?? false }
    func integer(_ name: String) throws(GorushProblem) -> Int? { try read(name, "a whole number") }
    func texts(_ name: String) throws(GorushProblem) -> [String]? { try read(name, "a list of texts") }

    /// A number as JSON, as it came.
    func numberJSON(_ name: String) throws(GorushProblem) -> String? {
        let number: Double? = try read(name, "a number")
        return number == nil ? nil : json(name)
    }

    func object(_ name: String) throws(GorushProblem) -> JSONMembers? {
        guard let text = json(name) else { return nil }
        guard let object = JSONMembers(text) else { throw wrong(name, "expected an object") }
        return object
    }

    /// Whether a field's value is a JSON string.
    func isText(_ name: String) -> Bool { json(name)?.first == "\"" }

    func wrong(_ name: String, _ reason: String) -> GorushProblem {
        GorushProblem(.badRequest, "\(place).\(name): \(reason)")
    }

    private func read<Value: Decodable>(_ name: String, _ words: String) throws(GorushProblem) -> Value? {
        guard let text = json(name) else { return nil }
        guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else { throw wrong(name, "expected \(words)") }
        return value
    }
}
