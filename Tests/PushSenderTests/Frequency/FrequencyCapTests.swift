import Foundation
import PushSender
import Testing

struct FrequencyCapTests {
    private func cap(key: String = "news", count: Int = 1, seconds: Int = 3600, per: FrequencyCap.Subject = .device) -> FrequencyCap {
        FrequencyCap(key: key, per: per, count: count, seconds: seconds, over: .drop)
    }

    @Test func whatIsWithinTheLimitsIsTaken() throws {
        try FrequencyCap.check([])
        try FrequencyCap.check(Array(repeating: cap(), count: FrequencyCap.capLimit))
        try FrequencyCap.check([
            cap(key: String(repeating: "k", count: 64), count: 1000, seconds: 31 * 86_400), cap(key: "k", count: 1, seconds: 1),
        ])
    }

    @Test func aProblemNamesTheField() {
        let good = cap()
        for (caps, field) in [
            (Array(repeating: good, count: 9), "limits"), ([cap(key: "")], "limits[0].key"),
            ([good, cap(key: String(repeating: "k", count: 65))], "limits[1].key"),
            ([cap(key: String(repeating: "é", count: 33))], "limits[0].key"),
            ([cap(count: 0)], "limits[0].count"), ([cap(count: -1)], "limits[0].count"),
            ([good, good, cap(count: 1001)], "limits[2].count"),
            ([cap(seconds: 0)], "limits[0].seconds"), ([cap(seconds: 31 * 86_400 + 1)], "limits[0].seconds"),
            ([cap(seconds: .max)], "limits[0].seconds"), ([cap(count: .min)], "limits[0].count"),
        ] {
            let problem = #expect(throws: PushProblem.self) { try FrequencyCap.check(caps) }
            #expect(problem?.field == field)
        }
    }

    @Test func devicesOfAUserCountAsOneIfAsked() {
        func recipient(_ device: String, of user: String?) -> Recipient {
            Recipient(device: DeviceID(rawValue: device), token: Token(address: "t"), profile: RecipientProfile(user: user))
        }
        let phone = recipient("phone", of: "ada"), tablet = recipient("tablet", of: "ada"), nobodys = recipient("ada", of: nil)
        let perUser = cap(per: .user), perDevice = cap(per: .device)
        #expect(perUser.subject(of: phone) == perUser.subject(of: tablet))
        #expect(perDevice.subject(of: phone) != perDevice.subject(of: tablet))
        #expect(perUser.subject(of: nobodys) != perUser.subject(of: phone))
        #expect(perUser.subject(of: nobodys) == perDevice.subject(of: nobodys))
        let unknown = Recipient(device: DeviceID(rawValue: "ada"), token: Token(address: "t"))
        #expect(perUser.subject(of: unknown) == perUser.subject(of: nobodys))
    }

    @Test func aCapIsReadAsItWasKept() throws {
        for per in FrequencyCap.Subject.allCases {
            for over in FrequencyCap.Excess.allCases {
                let cap = FrequencyCap(key: "news", per: per, count: 3, seconds: 86_400, over: over)
                #expect(try JSONDecoder().decode(FrequencyCap.self, from: JSONEncoder().encode(cap)) == cap)
            }
        }
    }
}
