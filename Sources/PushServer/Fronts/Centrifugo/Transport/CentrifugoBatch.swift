import PushSender

/// `{"commands":[{"METHOD":{…}},…],"parallel":false}` → `{"replies":[{"METHOD":{…}},{"error":{…}},…]}`, in their order.
struct CentrifugoBatch: Sendable {
    private let dispatcher: CentrifugoDispatcher

    init(_ dispatcher: CentrifugoDispatcher) { self.dispatcher = dispatcher }

    /// So many at once, where the client wants them to be.
    private static let parallelCommands = 1024

    /// - Throws: ``MalformedBody`` when one of the commands can't be read: then none is carried out.
    func replies(to body: [UInt8]) async throws -> [UInt8] {
        try GoJSON.check(body)
        let members = try GoJSON.members(body[...])
        let commands = try (members["commands"].map(GoJSON.elements) ?? []).map(command)
        let isParallel = try GoJSON.decode(Options.self, body).parallel ?? false
        let replies = isParallel ? await together(commands) : await inTurn(commands)
        return Array(#"{"replies":["#.utf8) + Array(replies.joined(separator: [UInt8(ascii: ",")])) + Array("]}".utf8)
    }

    private struct Options: Decodable {
        let parallel: Bool?
    }

    private typealias Command = @Sendable () async -> [UInt8]

    private func command(_ text: ArraySlice<UInt8>) throws -> Command {
        guard !GoJSON.isNull(text) else { return Self.refusing(.badRequest("a command is null; give an object with a method's name")) }
        let members = try GoJSON.members(text).filter { !GoJSON.isNull($0.value) }
        // Of several methods the first counts.
        for name in members.keys.sorted() {
            guard let call = try dispatcher.call(name, Array(members[name] ?? [])) else { continue }
            return { [dispatcher] in Self.reply(name, await dispatcher.result(of: call, name)) }
        }
        return Self.refusing(.notFound("a command names no method; give one like {\"device_list\":{}}"))
    }

    private static func refusing(_ error: CentrifugoError) -> Command { { reply("", .failure(error)) } }

    private static func reply(_ name: String, _ result: Result<[UInt8], CentrifugoError>) -> [UInt8] {
        switch result {
        case .success(let result): Array("{\"\(name)\":".utf8) + result + Array("}".utf8)
        case .failure(let error): Array(#"{"error":"#.utf8) + error.json + Array("}".utf8)
        }
    }

    private func inTurn(_ commands: [Command]) async -> [[UInt8]] {
        var replies: [[UInt8]] = []
        for command in commands { replies.append(await command()) }
        return replies
    }

    private func together(_ commands: [Command]) async -> [[UInt8]] {
        var replies = [[UInt8]](repeating: [], count: commands.count)
        await withTaskGroup(of: (Int, [UInt8]).self) { tasks in
            for (index, command) in commands.enumerated() {
                if index >= Self.parallelCommands, let (done, reply) = await tasks.next() { replies[done] = reply }
                tasks.addTask { (index, await command()) }
            }
            for await (done, reply) in tasks { replies[done] = reply }
        }
        return replies
    }
}
