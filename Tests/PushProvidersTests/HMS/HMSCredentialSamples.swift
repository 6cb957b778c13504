import Foundation
import JSON
import PushProviders
import PushSender

/// Credentials of nobody.
enum HMSCredentialSamples {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static let oauth: JSONValue = .object(["app_id": .string("1001"), "client_secret": .string("not-a-secret")])
    static let account: JSONValue = .object(accountFields)
    /// As it is downloaded.
    static let file: JSONValue = .object(["app_id": .integer(1001), "service_account": .object(accountFields)])
    static let both: JSONValue = .object(
        accountFields.merging(["app_id": .string("1001"), "client_secret": .string("not-a-secret")]) { $1 })

    static let accountFields: [String: JSONValue] = [
        "project_id": .string("2002"), "key_id": .string("k"), "sub_account": .string("3003"), "private_key": .string(privateKeyPEM),
    ]

    /// Made for these tests; opens nothing.
    static let privateKeyPEM = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDE02n3+3sf6o7J
        n8kavlSILD16w7mFmvHbtfxKAAtbln028zfzbwPhj7XoYp9ZC2Xyx0A6K76JItSa
        5/tSIK0hZ4sVcXzlWNH2clxxRAVGbPFXpz3fCgx4H4VQ/VVrM6pOb47NbISCM4n3
        LGFE7fvtJnMSeQ3xevdRkpJXsFVkerfce8hH7gQbIVIa4Jhyoroz9G6NLeMtyvRd
        H6MDA33371CeY7HCUAtndgLyEhBJJWOKJPlep/pEEVGRI/8W2pWbr1i/g9UOY1JA
        5wZqKibRklNaMJIqRqyV+A2XIJrbaaqPDuF2/K0cRQif7xQd0tDGHLedDrKFNlXf
        /DNxLQ8dAgMBAAECggEADtEBCrfy3GPJD2WjRcuFlqxJOCmt2HWh7BbpO2iA8l+j
        +eQPC8Nz4JczoPR0R9z14J5+An2tWGqXjriqAH7xYXtyABwnWXwZRCAhlCzZaSQw
        JRfJGSDgcEDOhZqobeCOsFxb/Nvve/36uQateiWgal6pA2nlnOO+Od+wJgCMu7qS
        XqQSTZw0+81aMXcH/u1SN/s6PdBCwR278G7PiHr19R+iWS47ekCQ5V4sHatVLlTy
        nyPvpfSgnLJMgvgZFL+8NoGy/kbKUGesw9NtPAAZJgL+QIENwOCdZ1/NXQ2B9113
        /DT/J7EEj4AMDGeUbDMR3VsUyhMWosvikUn6TwhwkQKBgQDp0AWilcK+33CNqIxG
        rdL/rP84XMjGkNVFi/cVZp1W35LrmVByxe76YPEWpeS3eDFUh0llYki2IIpzYHE4
        3h92Txx7P8N77vbbxreL9Jr/ymJ5wvn/IuFyOBjZYGP/KUPnIOHnd+i2WDArbvjW
        xNghDZ/rn8etO91r4PCVYyHEzQKBgQDXgOCzH8iwoB8AXT/+PmSXkTRt56b8+7jQ
        8I6K2rCwUQry5A0O+F0vLXW7l9Uj1epNHIpwrN+vLFKZOv9R0P44JY1IWj/tF8L9
        q68SJ0XiHYyFtGUIoEt4nEt0HdGGCtUndnqsVyL/zpjJJ7ouMIa5VT+stm5QFszQ
        u84kojbzkQKBgE3q1PXpkoypSYjrslObecVakXLm+MGzYl9a1Wx8VdKtjviUjwqw
        i4NE6xLxFddOZqIUs5Dlv/VxwrHQYerhmvqCQquQBEU4zWtQPbqWOVEk0Mxi/YzY
        wuidaSqHxMszpT1Q5/eLLjIWEXdn8+UelCfvsmuDQ7enS5K303T1JDvBAoGAfnXY
        ZgTOxicQSixucwm2CeNhuuTnbylgKOwhGYZ/jNfh7uq4ZwKD3D13CyBsKN1M4vdO
        nhQ0Jx2BUv31+dMEe3o90Cl1vfHlsOpgj+yP68KfRY64gzldUGeXN4qP+3K75q52
        ClAP78ESk2hGrvg29ub5uKZNUZ4vjoXG0GSIjqECgYAAqfbo6PYJNexHyhUlZSo+
        KCsFjRcXXhuG5+t7elFi1uLgQmY2IOPNpFW6B8YR4bEMpYSiB/Pj+nAC7/j/jjvA
        jz1HHUz31kqvOb2N/oc2qhH4HvLvRzgufvA+dIyEL/c0cZRaQJuOgtL4Kf9jI5Fq
        EJQyHp4C6mIMFdsP80KGtg==
        -----END PRIVATE KEY-----
        """
}
