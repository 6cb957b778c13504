import JSON
import PushProviders
import PushSender
import Testing

@Suite struct HMSProblemTests {
    private func problem(_ change: (inout PushSender.Notification) -> Void) -> PushProblem? {
        var notification = Notification()
        change(&notification)
        return HMSProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)).problem(with: notification, policy: PushPolicy())
    }

    @Test func whatFitsIsFine() {
        #expect(problem { $0.title = "T" } == nil)
        #expect(problem { $0.badge = 3 } == nil)
        #expect(problem { $0.data = .object([:]) } == nil)
        #expect(problem { $0.hms = HMSSection(message: #"{"data":"x"}"#) } == nil)
        #expect(problem { $0.apns = APNsSection(payload: "{}") } == nil, "nothing of ours")
    }

    @Test func aBodyOverTheLimitIsCountedInBytes() {
        #expect(problem { $0.body = String(repeating: "☂", count: 1000) } == nil)
        let tooLarge = problem { $0.body = String(repeating: "☂", count: 1400) }
        #expect(tooLarge?.code == .tooLarge && tooLarge?.field == "notification" && tooLarge?.message.contains("4096") == true)
        let raw = problem { $0.hms = HMSSection(payload: #"{"extraData":"\#(String(repeating: "x", count: 4096))"}"#) }
        #expect(raw?.code == .tooLarge && raw?.field == "notification.hms.payload")
    }

    @Test func theFieldAtFaultIsNamed() {
        #expect(problem { $0.badge = -1 }?.field == "notification.badge")
        #expect(problem { $0.hms = HMSSection(message: "{") }?.field == "notification.hms.message")
        #expect(problem { $0.hms = HMSSection(message: #"{"token":["x"]}"#) }?.field == "notification.hms.message")
        #expect(problem { $0.hms = HMSSection(payload: "[]") }?.field == "notification.hms.payload")
        #expect(problem { $0.hms = HMSSection(payload: "{}", pushOptions: "7") }?.field == "notification.hms.push_options")
        #expect(problem { $0.hms = HMSSection(payload: "{}", pushType: 3) }?.field == "notification.hms.push_type")
    }
}
