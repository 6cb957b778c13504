import ArgumentParser
import WebPush

/// What `herald send` says, to whom, and for how long.
struct PushOptions: ParsableArguments {
    @Argument(help: "The notification's text; - reads it from the standard input.")
    var text: String

    @Flag(help: "To every device.")
    var all = false

    @Option(name: .customLong("device"), help: ArgumentHelp("To this device; may be repeated.", valueName: "id"))
    var devices: [String] = []

    @Option(name: .customLong("user"), help: "To the devices of this user; may be repeated.")
    var users: [String] = []

    @Option(name: .customLong("topic"), help: "To who joined this topic; may be repeated.")
    var topics: [String] = []

    @Option(name: .customLong("audience"), help: "To a saved audience; may be repeated.")
    var audiences: [String] = []

    @Option(help: ArgumentHelp("To devices with these tags: plan == \"pro\" and not beta", valueName: "expression"))
    var tags: String?

    @Option(help: "The notification's title. Without one the text is the title.")
    var title: String?

    @Option(help: "What a click opens.")
    var url: String?

    @Option(help: ArgumentHelp("How long to keep trying.", valueName: "seconds"))
    var ttl: Int?

    @Option(help: ArgumentHelp("very-low, low, normal or high.", valueName: "urgency"))
    var urgency: String?

    @Option(help: "A push with the same collapse key replaces this one while it waits: 1 to 32 characters of A-Z a-z 0-9 - _.")
    var collapseKey: String?

    func validate() throws {
        _ = try audience()
        if let ttl, ttl < 0 { throw ValidationError("--ttl takes seconds, 0 or more") }
        if let urgency, Urgency(rawValue: urgency) == nil {
            throw ValidationError("--urgency is one of \(Urgency.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let collapseKey else { return }
        do { _ = try CollapseKey(collapseKey) } catch { throw ValidationError("--collapse-key: \(error.message)") }
    }

    /// - Parameter text: what `-` stood for.
    func request(text: String) throws -> PushRequest {
        // Something must stand in the first line of a notification.
        let notification = PushRequest.Notification(title: title ?? text, body: title == nil ? nil : text, url: url)
        return PushRequest(
            audience: try audience(), notification: notification, ttl: ttl, urgency: urgency, collapseKey: collapseKey)
    }

    private func audience() throws -> PushRequest.Audience {
        let named: [PushRequest.Audience?] = [
            all ? .all : nil, devices.isEmpty ? nil : .devices(devices), users.isEmpty ? nil : .users(users),
            topics.isEmpty ? nil : .topics(topics), audiences.isEmpty ? nil : .audiences(audiences), tags.map { .tags($0) },
        ]
        let audiences = named.compactMap(\.self)
        guard let audience = audiences.first else {
            throw ValidationError("To whom? Give --all, --device, --user, --topic, --audience or --tags")
        }
        guard audiences.count == 1 else {
            throw ValidationError("Give one of --all, --device, --user, --topic, --audience and --tags; POST /v1/audiences saves mixtures")
        }
        return audience
    }
}
