import CentrifugoAPI
import GRPCCore
import Testing

@testable import PushServer

/// Messages and the JSON that stands for them.
@Suite struct ProtoJSONTests {
    private func text(_ request: ProtoSendPushNotificationRequest) throws -> String {
        String(decoding: try ProtoJSON.text(request), as: UTF8.self)
    }

    @Test func membersAreNamedAsInJSONAndNumbersAreNumbers() throws {
        var request = ProtoSendPushNotificationRequest()
        request.recipient.filter.users = ["u"]
        request.sendAt = 9_007_199_254_740_993
        var policy = ProtoRateLimitPolicy()
        policy.intervalMs = 1_000
        request.limitStrategy.rateLimit.policies = [policy]
        let limits = #"{"rate_limit":{"policies":[{"interval_ms":1000}]}}"#
        let expected = #"{"recipient":{"filter":{"users":["u"]}},"send_at":9007199254740993,"limit_strategy":\#(limits)}"#
        #expect(try text(request) == expected)
    }

    @Test func whatIsEmptyIsLeftOut() throws {
        #expect(try text(ProtoSendPushNotificationRequest()) == "{}")
        var update = ProtoDeviceUpdateRequest()
        update.userUpdate = ProtoDeviceUserUpdate()
        #expect(try ProtoJSON.text(update) == Array(#"{"user_update":{}}"#.utf8), "there, but empty: the user goes")
    }

    @Test(arguments: [
        #"{ "data" : {"z":"12345678901234567890","a":"\u00fc\/"} ,"n":1.10}"#, "{\"a\":\t\"ü\u{2028}\"}\n", #""text""#, "{", "null",
    ])
    func rawJSONIsTheMethodsByteForByte(_ raw: String) throws {
        var request = ProtoSendPushNotificationRequest()
        request.notification.fcm.message = raw
        request.notification.webpush.payload = raw
        let read = try GoJSON.decode(
            SendPushNotificationRequest.self, ProtoJSON.text(request), raw: SendPushNotificationRequest.rawPaths)
        #expect(read.notification?.fcm?.message.map { Array($0.utf8) } == Array(raw.utf8))
        #expect(read.notification?.webpush?.payload.map { Array($0.utf8) } == Array(raw.utf8))
    }

    @Test func aResultBecomesAMessageAndItsUnknownMembersAreLeftOut() throws {
        let item = #"{"id":"d:a","topic":"a","device_id":"d","device":{"id":"d","created_at":9007199254740993}}"#
        let list: ProtoDeviceTopicListResult = try ProtoJSON.message(Array(#"{"items":[\#(item)],"total_count":1}"#.utf8))
        #expect(list.totalCount == 1 && list.items.map(\.topic) == ["a"])
        #expect(list.items.first?.device.createdAt == 9_007_199_254_740_993)
    }
}

@Suite struct CentrifugoGRPCTests {
    @Test(arguments: [
        (CentrifugoError.internalError(""), RPCError.Code.internalError), (.notFound(""), .notFound), (.badRequest(""), .invalidArgument),
        (.notAvailable(""), .invalidArgument), (.conflict(""), .alreadyExists),
        (CentrifugoError(code: 102, message: "", problem: ""), .notFound),
        (CentrifugoError(code: 112, message: "", problem: ""), .outOfRange),
        (CentrifugoError(code: 7, message: "", problem: ""), .internalError),
    ])
    func anErrorHasItsStatus(_ error: CentrifugoError, _ code: RPCError.Code) {
        #expect(error.rpcError.code == code)
    }

    @Test func aStatusTellsTheErrorAndWhatIsWrong() throws {
        let error = CentrifugoError.badRequest("ids: name\nsome").rpcError
        #expect(error.message == "bad request")
        #expect(error.metadata[stringValues: "herald-problem"].map { $0 } == ["ids: name?some"])
        #expect(error.metadata[binaryValues: "grpc-status-details-bin"].map { $0 }.count == 1)
    }

    @Test func aClientThatSaysNothingIsNotWaitedFor() async throws {
        let silent = StreamingServerRequest<String>(metadata: [:], messages: RPCAsyncSequence(wrapping: Silence()))
        await #expect { try await silent.single(withinSeconds: 0) } throws: { ($0 as? RPCError)?.code == .deadlineExceeded }
    }

    @Test func aKeyIsComparedWhole() {
        let key = CentrifugoKey("apikey k")
        #expect(key?.matches("apikey k") == true)
        for other in [nil, "", "k", "apikey", "apikey k ", "Apikey k", "apikey  k"] { #expect(key?.matches(other) == false) }
        #expect(CentrifugoKey("") == nil)
    }
}

/// Never has a next element.
private struct Silence: AsyncSequence, Sendable {
    struct AsyncIterator: AsyncIteratorProtocol {
        mutating func next() async throws -> String? {
            try await Task.sleep(for: .seconds(3_600))
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
}
