/// The style before Centrifugo 5, the only one that gocent knows: `{"id":1,"method":"device_list","params":{…}}`, one after the other,
/// and replies likewise, a line for each.
struct CentrifugoLegacy: Sendable {
    private let dispatcher: CentrifugoDispatcher

    init(_ dispatcher: CentrifugoDispatcher) { self.dispatcher = dispatcher }

    /// - Throws: ``MalformedBody`` when one of the commands can't be read: then none is carried out.
    func replies(to body: [UInt8]) async throws -> [UInt8] {
        let commands = try GoJSON.stream(body).map(command)
        guard !commands.isEmpty else { throw MalformedBody("the body is empty; send commands") }
        var replies: [UInt8] = []
        for command in commands { replies += await reply(to: command) + [UInt8(ascii: "\n")] }
        return replies
    }

    private struct Command: Sendable {
        let id: UInt32
        let name: String
        /// Nil for a number that no method has.
        let call: CentrifugoCall?
    }

    private func command(_ text: [UInt8]) throws -> Command {
        let head = try GoJSON.decode(Head.self, text)
        let name = try name(of: head.method)
        let parameters = try GoJSON.members(text[...])["params"].map(Array.init) ?? Array("{}".utf8)
        return Command(id: head.id ?? 0, name: name ?? "", call: try name.flatMap { try dispatcher.call($0, parameters) })
    }

    /// - Returns: nil for a number that no method has.
    private func name(of method: Head.Method?) throws -> String? {
        switch method {
        case .number(let number): return CentrifugoDispatcher.name(number)
        case .name(let name) where CentrifugoDispatcher.isMethod(name.lowercased()): return name.lowercased()
        case .name(let name): throw MalformedBody("there is no method \(name)")
        // Go's zero.
        case nil: return CentrifugoDispatcher.name(0)
        }
    }

    private func reply(to command: Command) async -> [UInt8] {
        let id = command.id == 0 ? "" : "\"id\":\(command.id),"
        guard let call = command.call else { return Self.refusal(id, .notFound("no method has that number")) }
        switch await dispatcher.result(of: call, command.name) {
        case .success(let result): return Array("{\(id)\"result\":".utf8) + result + Array("}".utf8)
        case .failure(let error): return Self.refusal(id, error)
        }
    }

    private static func refusal(_ id: String, _ error: CentrifugoError) -> [UInt8] {
        Array("{\(id)\"error\":".utf8) + error.json + Array("}".utf8)
    }
}

private struct Head: Decodable {
    let id: UInt32?
    let method: Method?

    enum Method: Decodable {
        case name(String)
        case number(Int)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self) { self = .number(number) } else { self = .name(try value.decode(String.self)) }
        }
    }
}
