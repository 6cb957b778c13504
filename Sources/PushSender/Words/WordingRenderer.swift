public import JSON

/// The port to whatever makes texts of templates. Templates are in Mustache: https://mustache.github.io/mustache.5.html
public protocol WordingRenderer: Sendable {
    /// Reads a template. However hostile it is, that takes bounded time, and rendering it too.
    /// - Throws: what is wrong with it and what to do, in a sentence.
    func template(_ text: String, in form: TextForm) throws(TextProblem) -> any TextTemplate
}

/// A text with gaps.
public protocol TextTemplate: Sendable {
    /// What it asks for, but for members of lists.
    var names: [TextName] { get }

    /// The text with its gaps filled in. Values are never read as templates, and never end what they are written into.
    /// - Throws: why there is no such text: it would be too long, or no JSON.
    func text(_ values: TextValues) throws(TextProblem) -> String
}

/// A name in a template.
public struct TextName: Sendable, Hashable {
    /// `["device", "tags", "plan"]`
    public let path: [String]
    /// It is asked whether there is something, and what is in it.
    public let isSection: Bool
    /// It stands in JSON outside of a string: only a number, true or false can take its place.
    public let isBare: Bool

    public init(path: [String], isSection: Bool, isBare: Bool) {
        self.path = path
        self.isSection = isSection
        self.isBare = isBare
    }

    /// Whether its value differs from device to device.
    public var dependsOnRecipient: Bool { path.first == "device" || path.first == "user" }
}

/// Why a text is no template, or a template no text.
public struct TextProblem: Error, Sendable, Hashable {
    /// What is wrong and what to do about it.
    public let message: String
    public init(_ message: String) { self.message = message }

    func at(_ field: String) -> PushProblem { PushProblem(.invalidField, field: field, message) }
}

/// What the names in a template stand for.
public struct TextValues: Sendable {
    public let variables: [String: JSONValue]
    /// Nil members: the device didn't say.
    public let device: [String: JSONValue]
    /// Empty for a device of nobody's.
    public let user: [String: JSONValue]

    public init(variables: [String: JSONValue], device: [String: JSONValue] = [:], user: [String: JSONValue] = [:]) {
        self.variables = variables
        self.device = device
        self.user = user
    }

    public init(variables: [String: JSONValue], _ recipient: DeviceID?, _ profile: RecipientProfile?) {
        let device = profile?.device ?? DeviceProfile()
        var said: [String: JSONValue] = [:]
        said["id"] = (recipient?.rawValue).map { .string($0) }
        for (name, text) in [
            ("platform", device.platform), ("locale", device.locale), ("time_zone", device.timeZone), ("app_version", device.appVersion),
        ] where !text.isEmpty {
            said[name] = .string(text)
        }
        if !device.tags.isEmpty { said["tags"] = .object(device.tags.mapValues(JSONValue.init)) }
        var user: [String: JSONValue] = [:]
        if let profile, let id = profile.user { user = profile.userAttributes.merging(["id": .string(id)]) { $1 } }
        self.init(variables: variables, device: said, user: user)
    }

    public subscript(name: String) -> JSONValue? {
        switch name {
        case "device": .object(device)
        case "user": .object(user)
        default: variables[name]
        }
    }
}

extension JSONValue {
    fileprivate init(_ tag: TagValue) {
        switch tag {
        case .string(let text): self = .string(text)
        case .number(let number): self = Int64(exactly: number).map { .integer($0) } ?? .number(number)
        case .boolean(let boolean): self = .bool(boolean)
        case .list(let members): self = .array(members.map { JSONValue($0) })
        }
    }
}
