/// The names that a template may ask for: its own variables, and what is known of a device and its user.
struct Vocabulary {
    let variables: [String: TemplateVariable.Kind]

    /// - Throws: why a text may not ask for this.
    func check(_ name: TextName) throws(TextProblem) {
        guard let kind = kind(of: name.path) else { throw TextProblem(objection(to: name.path)) }
        guard name.isBare, !name.isSection else { return }
        guard case .declared(let kind) = kind, kind == .number || kind == .boolean else {
            throw TextProblem(
                "{{\(name.path.joined(separator: "."))}} stands outside of quotes, where only variables that are numbers or booleans may; "
                    + "put it between quotes")
        }
    }

    private enum Known {
        case declared(TemplateVariable.Kind)
        case profile
    }

    private func kind(of path: [String]) -> Known? {
        switch (path.first ?? "", path.count) {
        case ("device", 2) where Self.deviceNames.contains(path[1]): .profile
        case ("device", 3) where path[1] == "tags": .profile
        case ("user", 2...): .profile
        case (let name, 1): variables[name].map { .declared($0) }
        default: nil
        }
    }

    private static let deviceNames = ["id", "platform", "locale", "time_zone", "app_version"]

    private func objection(to path: [String]) -> String {
        let name = path.joined(separator: ".")
        switch path.first {
        case "device":
            let known = Self.deviceNames.map { "device.\($0)" }.joined(separator: ", ")
            return "{{\(name)}} is nothing that is known of a device; there are \(known) and device.tags.NAME"
        case "user":
            return "{{user}} is not a text; there are user.id and user.NAME for the user's attributes"
        default:
            let known = variables.isEmpty ? "none is declared" : "there are \(variables.keys.sorted().joined(separator: ", "))"
            return "{{\(name)}} is no variable here: \(known); declare it under \"variables\", or ask for device.… or user.…"
        }
    }
}
