/// A notification that pops up (Microsoft Learn, "App notification content": the template `ToastGeneric`). No member is XML: all are
/// escaped.
public struct WNSToast: Sendable, Hashable {
    /// Up to three lines; the first is the title.
    public var lines: [String]
    /// Handed to the app, or opened when ``activation`` is `protocol`.
    public var launch: String?
    public var activation: Activation?
    public var scenario: Scenario?
    /// Above the text, across the notification.
    public var heroImage: String?
    /// Below the text.
    public var inlineImage: String?
    /// In place of the app's logo.
    public var logo: String?
    /// Up to five.
    public var buttons: [Button]
    /// `ms-winsoundevent:…` or `ms-appx:///…`
    public var sound: String?
    public var isSilent: Bool

    public init(
        lines: [String], launch: String? = nil, activation: Activation? = nil, scenario: Scenario? = nil, heroImage: String? = nil,
        inlineImage: String? = nil, logo: String? = nil, buttons: [Button] = [], sound: String? = nil, isSilent: Bool = false
    ) {
        self.lines = lines
        self.launch = launch
        self.activation = activation
        self.scenario = scenario
        self.heroImage = heroImage
        self.inlineImage = inlineImage
        self.logo = logo
        self.buttons = buttons
        self.sound = sound
        self.isSilent = isSilent
    }

    public enum Activation: String, Sendable, Hashable {
        case foreground, background
        /// Opens a URL.
        case `protocol`
    }

    public enum Scenario: String, Sendable, Hashable {
        case reminder, alarm, incomingCall, urgent
    }

    public struct Button: Sendable, Hashable {
        public var title: String
        public var arguments: String
        public var activation: Activation
        public var icon: String?
        public init(title: String, arguments: String, activation: Activation = .foreground, icon: String? = nil) {
            self.title = title
            self.arguments = arguments
            self.activation = activation
            self.icon = icon
        }
    }

    public var xml: String {
        element(
            "toast", [("launch", launch), ("activationType", activation?.rawValue), ("scenario", scenario?.rawValue)],
            element("visual", [], element("binding", [("template", "ToastGeneric")], texts(lines) + images)) + audio + actions)
    }

    private var images: String {
        image(heroImage, placement: "hero") + image(inlineImage, placement: nil) + image(logo, placement: "appLogoOverride")
    }

    private func image(_ source: String?, placement: String?) -> String {
        source.map { element("image", [("placement", placement), ("src", $0)]) } ?? ""
    }

    private var audio: String {
        if isSilent { return element("audio", [("silent", "true")]) }
        return sound.map { element("audio", [("src", $0)]) } ?? ""
    }

    private var actions: String {
        let all = buttons.prefix(5).map { button in
            element(
                "action",
                [
                    ("content", button.title), ("arguments", button.arguments), ("activationType", button.activation.rawValue),
                    ("imageUri", button.icon),
                ])
        }
        return all.isEmpty ? "" : element("actions", [], all.joined())
    }
}

func texts(_ lines: [String]) -> String { lines.map { element("text", [], escaped($0)) }.joined() }
