#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import JSON

/// Tries texts before anything is sent: whether they can be read, name only what there is, and make sense with values and without.
struct TextDraft {
    let renderer: any WordingRenderer
    let kinds: [String: TemplateVariable.Kind]

    /// - Parameter field: where the notification stands.
    /// - Returns: whether any of the texts differs from device to device.
    @discardableResult
    func check(_ notification: Notification, _ field: String) throws(PushProblem) -> Bool {
        var isPersonal = false
        _ = try notification.changingTexts { text, form, name throws(PushProblem) in
            do throws(TextProblem) {
                if try check(text, form) { isPersonal = true }
                return text
            } catch {
                throw error.at("\(field).\(name())")
            }
        }
        return isPersonal
    }

    private func check(_ text: String, _ form: TextForm) throws(TextProblem) -> Bool {
        guard text.isTemplate else { return false }
        let template = try renderer.template(text, in: form)
        for name in template.names { try Vocabulary(variables: kinds).check(name) }
        for values in [everything(template.names), nothing] {
            let text = try template.text(values)
            guard form != .json || isJSON(text) else {
                throw TextProblem("once values stand in it, it is no JSON: \(text.prefix(200))")
            }
        }
        return template.names.contains(where: \.dependsOnRecipient)
    }

    private func isJSON(_ text: String) -> Bool {
        (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) != nil
    }

    // MARK: Samples

    /// As from somebody of whom everything is known.
    private func everything(_ names: [TextName]) -> TextValues {
        var known = JSONValue.object([:])
        for name in names where name.dependsOnRecipient { known = known.setting(name.path[...], to: .string("x")) }
        return TextValues(
            variables: kinds.mapValues(\.sample), device: known["device"]?.members ?? [:], user: known["user"]?.members ?? [:])
    }

    private var nothing: TextValues { TextValues(variables: kinds.mapValues(\.nothing)) }
}

extension String {
    /// Whether anything in it could be a gap.
    var isTemplate: Bool { contains("{{") }
}

extension TemplateVariable.Kind {
    fileprivate var sample: JSONValue {
        switch self {
        case .string: .string("x")
        case .number: .integer(1)
        case .boolean: .bool(true)
        case .list: .array([.string("x"), .string("y")])
        }
    }

    fileprivate var nothing: JSONValue {
        switch self {
        case .string: .string("")
        case .number: .integer(0)
        case .boolean: .bool(false)
        case .list: .array([])
        }
    }
}

extension JSONValue {
    fileprivate var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }

    fileprivate func setting(_ path: ArraySlice<String>, to value: JSONValue) -> JSONValue {
        guard let name = path.first else { return value }
        return .object(members.merging([name: (self[name] ?? .null).setting(path.dropFirst(), to: value)]) { $1 })
    }
}
