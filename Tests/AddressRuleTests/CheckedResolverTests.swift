import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AddressRule

@Suite struct CheckedResolverTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func resolver(_ answers: [[String]], rule: AllowedAddresses = .publicOnly(ownPort: nil)) -> CheckedResolver {
        CheckedResolver(rule, over: ScriptedResolver(answers, on: loop))
    }

    @Test func forbiddenAddressesAreDropped() async throws {
        let found = try await resolver([["10.0.0.1", "8.8.8.8", "127.0.0.1"]]).initiateAQuery(host: "h", port: 443).get()
        #expect(found.map(\.ipAddress) == ["8.8.8.8"])
    }

    @Test(arguments: [
        ["127.0.0.1"], ["10.0.0.1", "192.168.1.1"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["fd00::1"],
        ["0.0.0.0"], ["100.100.100.200"],
    ])
    func aNameWithNothingElseIsForbidden(_ addresses: [String]) async {
        await #expect(throws: ForbiddenAddress.self) {
            _ = try await resolver([addresses]).initiateAQuery(host: "h", port: 443).get()
        }
        await #expect(throws: ForbiddenAddress.self) { try await resolver([addresses]).check(host: "h", port: 443) }
    }

    @Test func aNameThatChangesItsMindIsCheckedEachTime() async throws {
        let resolver = resolver([["8.8.8.8"], ["8.8.8.8"], ["127.0.0.1"]])
        try await resolver.check(host: "h", port: 443)
        await #expect(throws: ForbiddenAddress.self) { try await resolver.check(host: "h", port: 443) }
    }

    @Test func aNameNobodyKnowsIsNotForbidden() async throws {
        await #expect(throws: Never.self) { try await resolver([]).check(host: "h", port: 443) }
    }

    @Test func withoutARuleEverythingPasses() async throws {
        let found = try await resolver([["127.0.0.1"]], rule: .any).initiateAQuery(host: "h", port: 443).get()
        #expect(found.count == 1)
    }
}

/// Gives one answer after the other, and the last for ever; each to both queries.
final class ScriptedResolver: Resolver, Sendable {
    private let loop: any EventLoop
    private let answers: Mutex<[[String]]>

    init(_ answers: [[String]], on loop: any EventLoop) {
        self.answers = Mutex(answers)
        self.loop = loop
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(port: port) }
    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(port: port) }
    func cancelQueries() {}

    private func answer(port: Int) -> EventLoopFuture<[SocketAddress]> {
        let addresses = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
        return loop.makeCompletedFuture { try addresses.map { try SocketAddress(ipAddress: $0, port: port) } }
    }
}
