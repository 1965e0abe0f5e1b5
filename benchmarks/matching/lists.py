"""Name parts of eight countries, written down for this project from common knowledge: no list of real people went into it.

Each line is `native:customary Latin`; Latin-script countries have the spelling with its marks only. Earlier parts are drawn more often.
"""


def _pairs(text):
    return [tuple(part.split(":")) for part in text.split()]


# Thai given names are put together from two elements, family names from two or three; both lists are of elements.
TH_FIRST = _pairs("""
สม:Som บุญ:Boon วิ:Wi สุ:Su ประ:Pra กิตติ:Kitti ธนา:Thana ณัฐ:Nat พร:Porn ชัย:Chai ศิริ:Siri วรา:Wara จันทร์:Chan นภา:Napa ปิยะ:Piya รัตนา:Rattana
อนุ:Anu เกียรติ:Kiat สิทธิ:Sitthi วันท:Wan พงษ์:Pong ทอง:Thong อรุณ:Arun มา:Ma ปัญญา:Panya ภูมิ:Phoom ธีระ:Teera กาน:Kan ชล:Chon นิ:Ni ดวง:Duang ศุภ:Supa
จิรา:Jira พิม:Pim อภิ:Api เพ็ญ:Pen ลัด:Lad มณี:Manee สาย:Sai กมล:Kamon สุวรรณ:Suwan ภา:Pha อัญ:Un ยุ:Yu พัช:Patch ช่อ:Cho วีระ:Weera กฤษ:Krit เจต:Jet ไพ:Pai
""")
TH_LAST = _pairs("""
ชาย:chai ศรี:sri พงษ์:pong พร:porn มี:mee ใจ:jai รัตน์:rat วุฒิ:wut ศักดิ์:sak ดา:da ณี:nee วรรณ:wan ชัย:chai เดช:det กร:korn ลักษณ์:lak พันธ์:pan นันท์:nan วดี:wadee
ญา:ya ภรณ์:porn สิทธิ์:sit ธร:thorn วิทย์:wit ชา:cha มาศ:mat ทิพย์:thip กานต์:karn ภัทร:phat นาถ:nart จิต:jit ยา:ya มาลี:malee วัฒน์:wat ไล:lai เพชร:petch ทัย:thai นภา:napa
เนตร:net รินทร์:rin ลดา:lada วิมล:wimon หทัย:hathai ดี:dee พล:pon นุช:nuch
""")
TH_FAMILY = _pairs("""
แก้ว:Kaew ทอง:Thong ศรี:Sri บุญ:Bun วงศ์:Wong สุข:Suk ใจ:Jai พรหม:Phrom จันทร์:Chan คำ:Kham สาย:Sai ไชย:Chai แสง:Saeng อินท:In มา:Ma นา:Na เพ็ง:Peng สิงห์:Sing
รัตน:Rattana ดวง:Duang พิมพ์:Phim ชื่น:Chuen ยอด:Yot ปาน:Pan กอง:Kong หอม:Hom เมือง:Mueang ภู:Phu ช่วย:Chuay เกตุ:Ket โพธิ์:Pho ธรรม:Tham สุวรรณ:Suwan ทิพย์:Thip
""")
TH_FAMILY_END = _pairs("""
ดี:dee มี:mee สุข:suk วงศ์:wong ทอง:thong พันธ์:phan กุล:kun รักษ์:rak งาม:ngam ชัย:chai ศรี:sri แสง:saeng สกุล:sakun มณี:manee ใจ:jai คำ:kham ลา:la บุตร:but เจริญ:charoen
พงษ์:phong นาค:nak รัตน์:rat ทวี:thawee เดช:det สิทธิ์:sit มาก:mak ชู:choo วัน:wan ภักดี:phakdi ประเสริฐ:prasert อ่อน:on
""")
TH_NICK = _pairs("""
น้อย:Noi นิด:Nid แดง:Daeng ต้น:Ton เล็ก:Lek ใหญ่:Yai หมู:Moo ฝน:Fon ฟ้า:Fah แอน:Ann บี:Bee เมย์:May นก:Nok ปู:Pu กุ้ง:Kung อ้อ:Or เอก:Ake โอ๋:Oh ดาว:Dao เดือน:Duean
ปลา:Pla ไก่:Kai ก้อย:Koi มด:Mod แก้ว:Kaew ตาล:Tan หน่อย:Noi จอย:Joy บอย:Boy เบียร์:Beer ป่าน:Parn นุ่น:Noon
""")

LA_FIRST = _pairs("""
ສົມ:Som ບຸນ:Boun ຄຳ:Kham ແກ້ວ:Keo ວັນ:Van ພອນ:Phone ສຸກ:Souk ຈັນ:Chan ທອງ:Thong ສີ:Sy ພູ:Phou ດາວ:Dao ມະນີ:Mani ວຽງ:Vieng ໄຊ:Xay ອຸ:Ou ເພັດ:Phet ຫຼ້າ:La ນາງ:Nang
ອານຸ:Anou ສຸລິ:Souli ບົວ:Boua ຕຸ:Tou ມາ:Ma ອິນ:Inh ຊາຍ:Say ລັດ:Lat ນ້ອຍ:Noy
""")
LA_LAST = _pairs("""
ພອນ:phone ດີ:dy ໃຈ:chai ສີ:sy ມີ:my ວັນ:vanh ໄຊ:xay ສະຫວັນ:savanh ລາ:la ທອງ:thong ຄຳ:kham ແກ້ວ:keo ນາ:na ມະນີ:many ສັກ:sack ຈິດ:chit ລີ:ly ສຸກ:souk ດາ:da ວົງ:vong
ພັນ:phanh ຍາ:nha ເດດ:det ຕາ:ta
""")
LA_FAMILY = _pairs("""
ວົງ:Vong ພົມ:Phom ແກ້ວ:Keo ສີ:Si ອິນທະ:Intha ໄຊຍະ:Xaya ຈັນທະ:Chantha ສຸວັນນະ:Souvanna ພິມມະ:Phimma ບຸນ:Boun ລາດ:Lat ມະນີ:Mani ສຸລິ:Souli ທຳມະ:Thamma ຄຳ:Kham
ຫຼວງ:Luang ນ້ອຍ:Noy ເພັດ:Phet ຍົດ:Yot ວິໄລ:Vilay ໂພ:Pho ສິງ:Sing
""")
LA_FAMILY_END = _pairs("""
ສາ:sa ວົງ:vong ສັກ:sack ມະນີ:many ຈັນ:chanh ລາດ:lath ທອງ:thong ພອນ:phone ສີ:sy ວັນ:vanh ໄຊ:xay ດາລາ:dara ຄຳ:kham ສະຫວັດ:savath ແສງ:seng ພົມ:phom ບຸບຜາ:boupha ລາ:la
ປັນຍາ:panya ສຸກ:souk ຍະວົງ:yavong
""")
LA_NICK = _pairs("ນ້ອຍ:Noy ຕຸ້ຍ:Touy ແດງ:Deng ນາງ:Nang ໃຫຍ່:Nyai ຫຼ້າ:La ດຳ:Dam ອ້ວນ:Ouan ຕິກ:Tick ກຸ້ງ:Koung ນົກ:Nok ປູ:Pou ໝີ:Mee ບີ:Bee ຈອຍ:Joy ແອນ:Ane ຕົ້ນ:Ton ໜູ:Nou ເປີ້:Peu ແອັດ:At")

KH_FAMILY = _pairs("""
សុខ:Sok ចាន់:Chan កែវ:Keo លី:Ly ហេង:Heng គឹម:Kim ជា:Chea អ៊ុក:Ouk នួន:Nuon ស៊ុន:Sun មាស:Meas ប៉ែន:Pen ម៉ៅ:Mao ឡុង:Long សំ:Sam យឹម:Yim តាន់:Tan ឈឹម:Chhim រស់:Ros
ហ៊ុន:Hun នាង:Neang ធន:Thon វ៉ាន់:Van ទេព:Tep ភោគ:Phok ស៊ឹម:Sim អ៊ុំ:Um ប៊ុន:Bun លឹម:Lim ឆាយ:Chhay សេង:Seng គង់:Kong ម៉ម:Mam ប្រាក់:Prak អ៊ិន:In ពេជ្រ:Pich ណុប:Nob សៅ:Sao
តាំង:Taing ហូ:Ho ឌុច:Duch សយ:Soy ខៀវ:Khiev ឃុន:Khun
""")
KH_GIVEN = _pairs("""
សុភា:Sophea ដារា:Dara បុប្ផា:Bopha ចន្ធូ:Chanthou សុខា:Sokha វណ្ណា:Vanna ស្រីមុំ:Sreymom រតនា:Ratana វិសាល:Visal ភក្តី:Pheakdey ធារ៉ា:Theara សម្បត្តិ:Sambath ម៉ាលី:Maly
កុសល:Kosal ពិសិដ្ឋ:Piseth សុជាតា:Socheata ចរិយា:Chakriya មករា:Makara វិជ្ជា:Vichea សុវណ្ណ:Sovann បញ្ញា:Panha ស្រីនាង:Sreyneang ធីតា:Thida លក្ខិណា:Leakhena កល្យាណ:Kalyan
រិទ្ធី:Rithy សុភ័ក្ត្រ:Sopheak ណារិន:Narin វុទ្ធី:Vuthy ច័ន្ទ:Chan សុផល:Sophal ពៅ:Pov រស្មី:Raksmey សុខុម:Sokhom ណារ៉េត:Nareth ចិន្តា:Chenda ភិរម្យ:Phirum វីរៈ:Virak
មុន្នី:Mony សីហា:Seiha ស្រីពេជ្រ:Sreypich សុវត្ថិ:Sovath ណាវី:Navy មនោរម្យ:Monorom បូរ៉ា:Bora សារ៉ាត់:Sarath រដ្ឋា:Ratha សុធា:Sothea ទេវី:Tevy វន្នី:Vanny សុម៉ាលី:Somaly
សេរី:Serey នីតា:Nita បូផា:Bora ជីវ័ន:Chivorn សុគន្ធ:Sokun
""")
KH_SECOND = _pairs("ស្រី:Srey សុខ:Sok ចាន់:Chan វណ្ណ:Vann ពៅ:Pov ណា:Na រ៉ា:Ra លី:Ly ធី:Thy សុ:So មុន្នី:Mony រិទ្ធ:Rith")

MM_WORDS = _pairs("""
အောင်:Aung ကျော်:Kyaw ဝင်း:Win ထွန်း:Htun ဇော်:Zaw မင်း:Min လှ:Hla ခင်:Khin မြင့်:Myint စန်း:San အေး:Aye သန်း:Than မိုး:Moe နွယ်:Nwe ဖြူ:Phyu သီရိ:Thiri စိုး:Soe ထက်:Htet
လင်း:Lin နိုင်:Naing ရွှေ:Shwe ဌေး:Htay ကို:Ko ဦး:Oo မေ:May ဇင်:Zin ချို:Cho ရီ:Yi သက်:Thet သူ:Thu ဝေ:Wai ယု:Yu နန္ဒာ:Nandar စု:Su အိ:Ei ဖူး:Phoo ပြည့်:Pyae ဟိန်း:Hein ညွန့်:Nyunt
တင်:Tin မောင်:Maung ကြည်:Kyi လွင်:Lwin ရဲ:Ye ဘို:Bo ငြိမ်း:Nyein ချမ်း:Chan ပေါ်:Paw သိမ်း:Thein ဝါ:Wah နှင်း:Hnin ဆွေ:Swe ယဉ်:Yin ခိုင်:Khaing ဖြိုး:Phyo သွယ်:Thwe အိမ့်:Eaint
မာ:Mar စံ:San ဇာနည်:Zarni ကောင်း:Kaung ဆန်း:Hsan ဉာဏ်:Nyan မျိုး:Myo
""")

VN_FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Đoàn", "Lâm", "Mai", "Trịnh", "Đào", "Cao", "Lương", "Tô", "Tạ", "Châu", "Quách", "Thạch", "Lò"]
VN_MIDDLE = ["Thị", "Văn", "Minh", "Ngọc", "Thanh", "Hữu", "Đức", "Quang", "Kim", "Xuân", "Thu", "Hồng", "Anh", "Gia", "Bảo", "Công", "Đình", "Mỹ", "Phương", "Hoài", "Tuấn", "Khánh", "Như", "Thúy", "Trọng"]
VN_GIVEN = ["Anh", "Hương", "Linh", "Hùng", "Dũng", "Nam", "Lan", "Mai", "Tuấn", "Hà", "Hoa", "Thảo", "Phương", "Trang", "Long", "Minh", "Hải", "Sơn", "Thủy", "Yến", "Nhung", "Loan", "Quân", "Khoa", "Phúc", "Vy", "Nhi", "Trâm", "Ngân", "Hạnh", "Đạt", "Huy", "Thắng", "Tâm", "Hiếu", "Lộc", "Tùng", "Việt", "Bình", "Giang", "Hằng", "Quỳnh", "Uyên", "Thư", "Trinh", "Ánh", "Châu", "Diễm", "Cường", "Vinh", "Khang", "Kiệt", "Nghĩa", "Phong", "Thịnh", "Toàn", "Trí", "Duy", "Khôi", "Đông", "Oanh", "Xuân", "Ly", "My", "Duyên", "Hiền", "Nga", "Liên", "Thu", "Đào", "Sen", "Luân", "Quý", "Tiến", "Chi", "Dung", "Hòa", "Trúc", "Vân", "Tú", "Bích", "Huệ", "Sinh"]

CN_FAMILY = _pairs("""
王:Wang 李:Li 张:Zhang 刘:Liu 陈:Chen 杨:Yang 黄:Huang 赵:Zhao 吴:Wu 周:Zhou 徐:Xu 孙:Sun 马:Ma 朱:Zhu 胡:Hu 郭:Guo 何:He 林:Lin 高:Gao 罗:Luo 郑:Zheng 梁:Liang 谢:Xie 宋:Song
唐:Tang 许:Xu 韩:Han 冯:Feng 邓:Deng 曹:Cao 彭:Peng 曾:Zeng 肖:Xiao 田:Tian 董:Dong 袁:Yuan 潘:Pan 蒋:Jiang 蔡:Cai 余:Yu 杜:Du 叶:Ye 程:Cheng 苏:Su 魏:Wei 吕:Lü 丁:Ding 任:Ren
沈:Shen 姚:Yao 卢:Lu 姜:Jiang 崔:Cui 钟:Zhong 谭:Tan 陆:Lu 汪:Wang 范:Fan 金:Jin 石:Shi 廖:Liao 贾:Jia 韦:Wei 白:Bai 岩:Yan 刀:Dao
""")
CN_GIVEN = _pairs("""
伟:wei 芳:fang 娜:na 秀:xiu 敏:min 静:jing 丽:li 强:qiang 磊:lei 军:jun 洋:yang 勇:yong 艳:yan 杰:jie 娟:juan 涛:tao 明:ming 超:chao 兰:lan 霞:xia 平:ping 刚:gang 桂:gui 英:ying
华:hua 玉:yu 萍:ping 红:hong 建:jian 国:guo 文:wen 小:xiao 晓:xiao 雪:xue 梅:mei 春:chun 海:hai 波:bo 宇:yu 浩:hao 然:ran 子:zi 轩:xuan 涵:han 欣:xin 怡:yi 佳:jia 梓:zi 俊:jun
豪:hao 思:si 雨:yu 婷:ting 慧:hui 琳:lin 龙:long 飞:fei 鹏:peng 云:yun 燕:yan 志:zhi 永:yong 福:fu 光:guang 林:lin 金:jin 宝:bao 珍:zhen 凤:feng 莲:lian 香:xiang 月:yue 琴:qin
""")

ID_GIVEN = ["Siti", "Muhammad", "Dewi", "Ahmad", "Sri", "Nur", "Budi", "Agus", "Putri", "Rizky", "Ayu", "Dian", "Eko", "Fitri", "Andi", "Wahyu", "Indah", "Rini", "Yusuf", "Ratna", "Hendra", "Maya", "Bayu", "Lestari", "Aditya", "Intan", "Joko", "Wati", "Bambang", "Rina", "Fajar", "Sari", "Teguh", "Nurul", "Dwi", "Yanti", "Rahmat", "Sulastri", "Iwan", "Kartika", "Gilang", "Melati", "Sukarni", "Slamet", "Wulan", "Hidayat", "Tuti", "Rudi", "Fatimah", "Ilham", "Aisyah", "Galih", "Citra", "Yohanes", "Maria", "Kristina", "Lukas", "Ketut", "Wayan", "Made", "Nyoman", "Komang", "Gede", "Asep", "Cecep", "Ujang", "Euis", "Neng", "Suparman", "Sutrisno", "Mulyono", "Paijo", "Tumini", "Ngatiyem", "Poniman", "Bagus", "Anisa", "Reza", "Dimas", "Arif", "Nanda", "Bima"]
ID_FAMILY = ["Saputra", "Wijaya", "Hidayat", "Santoso", "Kusuma", "Pratama", "Lestari", "Rahayu", "Setiawan", "Nugroho", "Susanto", "Purnama", "Wibowo", "Gunawan", "Suryani", "Handayani", "Permata", "Utami", "Ramadhan", "Maulana", "Firmansyah", "Siregar", "Nasution", "Simanjuntak", "Hutapea", "Sitompul", "Lubis", "Harahap", "Ginting", "Tarigan", "Manurung", "Situmorang", "Sembiring", "Putra", "Sari", "Anggraini", "Puspita", "Kurniawan", "Prasetyo", "Syahputra", "Suharto", "Wahyuni", "Hartono", "Fadillah", "Amalia", "Rosadi", "Yulianti", "Mahendra", "Yudhistira", "Iskandar", "Basri"]

PH_GIVEN = ["Maria", "Jose", "Juan", "Ana", "Rosa", "Mark", "John", "Angel", "Christine", "Michael", "Jasmine", "Joshua", "Princess", "Angelica", "Jerome", "Ronald", "Grace", "Joy", "Mary", "Jane", "Rodrigo", "Analyn", "Rowena", "Cristina", "Jennifer", "Marvin", "Reynaldo", "Arnel", "Jonathan", "Lorna", "Teresita", "Marites", "Rosalie", "Danilo", "Ernesto", "Ramon", "Kristine", "Nicole", "Jomar", "Jayson", "Bernadette", "Carmela", "Dolores", "Edgardo", "Ferdinand", "Gloria", "Imelda", "Liza", "Melanie", "Nenita", "Ofelia", "Pedro", "Raquel", "Samuel", "Vicente", "Wilma", "Ariel", "Rico", "Aileen", "Shiela", "Jerick", "Althea", "Nathaniel", "Gabriel", "Precious", "Kyla", "Aldrin", "Rhea", "Cherry", "Jhon", "Lovely", "Dexter", "Rommel", "Fe", "Luz", "Norma", "Efren"]
PH_FAMILY = ["Santos", "Reyes", "Cruz", "Bautista", "Ocampo", "Garcia", "Mendoza", "Torres", "Tomas", "Andrada", "Castillo", "Flores", "Villanueva", "Ramos", "Castro", "Rivera", "Aquino", "Navarro", "Salazar", "Mercado", "Dela_Cruz", "Gonzales", "Lopez", "Hernandez", "Perez", "Fernandez", "Domingo", "Gutierrez", "Aguilar", "Pascual", "Soriano", "Valdez", "Santiago", "Delos_Santos", "Manalo", "Dimaculangan", "Macaraeg", "Pangilinan", "Magsaysay", "Abad", "Tolentino", "Bonifacio", "Salonga", "Macapagal", "Dumlao", "Catacutan", "Lacson", "Sumulong", "Quizon", "Batungbakal", "Panganiban", "Magbanua", "Agbayani", "Tamayo", "Cabrera", "Espiritu", "Ilagan", "Lualhati", "Malonzo", "Gatdula"]

# Provinces that people say they come from, with the spelling in their own script where there is one.
PROVINCES = {
    "TH": _pairs("กรุงเทพ:Bangkok เชียงใหม่:Chiang_Mai เชียงราย:Chiang_Rai อุดรธานี:Udon_Thani ขอนแก่น:Khon_Kaen นครพนม:Nakhon_Phanom อุบลราชธานี:Ubon_Ratchathani ตาก:Tak สงขลา:Songkhla ระนอง:Ranong สระแก้ว:Sa_Kaeo ตราด:Trat หนองคาย:Nong_Khai เลย:Loei น่าน:Nan แม่ฮ่องสอน:Mae_Hong_Son ยะลา:Yala บุรีรัมย์:Buriram"),
    "LA": _pairs("ວຽງຈັນ:Vientiane ຈຳປາສັກ:Champasak ສະຫວັນນະເຂດ:Savannakhet ຄຳມ່ວນ:Khammouane ສາລະວັນ:Salavan ຫຼວງພະບາງ:Luang_Prabang ບໍ່ແກ້ວ:Bokeo ອຸດົມໄຊ:Oudomxay ຫຼວງນ້ຳທາ:Luang_Namtha ໄຊຍະບູລີ:Xayaboury ຊຽງຂວາງ:Xiangkhouang ອັດຕະປື:Attapeu ເຊກອງ:Sekong ຫົວພັນ:Houaphanh ຜົ້ງສາລີ:Phongsaly ບໍລິຄຳໄຊ:Bolikhamxay"),
    "KH": _pairs("ភ្នំពេញ:Phnom_Penh បន្ទាយមានជ័យ:Banteay_Meanchey បាត់ដំបង:Battambang សៀមរាប:Siem_Reap កំពង់ចាម:Kampong_Cham ព្រៃវែង:Prey_Veng ស្វាយរៀង:Svay_Rieng តាកែវ:Takeo កំពត:Kampot កោះកុង:Koh_Kong ពោធិ៍សាត់:Pursat ក្រចេះ:Kratie រតនគិរី:Ratanakiri កណ្តាល:Kandal"),
    "MM": _pairs("ရန်ကုန်:Yangon မန္တလေး:Mandalay ရှမ်း:Shan ကရင်:Kayin မွန်:Mon ပဲခူး:Bago ရခိုင်:Rakhine ကချင်:Kachin ချင်း:Chin မကွေး:Magway စစ်ကိုင်း:Sagaing တနင်္သာရီ:Tanintharyi ဧရာဝတီ:Ayeyarwady ကယား:Kayah"),
    "VN": [("", name) for name in ["Hà_Nội", "Hồ_Chí_Minh", "Lào_Cai", "Lạng_Sơn", "Nghệ_An", "Hà_Tĩnh", "Quảng_Ninh", "Cao_Bằng", "Điện_Biên", "Sơn_La", "An_Giang", "Cần_Thơ", "Đồng_Tháp", "Tây_Ninh", "Kiên_Giang", "Thanh_Hóa", "Lâm_Đồng", "Đắk_Lắk"]],
    "CN": _pairs("云南:Yunnan 广西:Guangxi 四川:Sichuan 贵州:Guizhou 湖南:Hunan 广东:Guangdong 福建:Fujian 河南:Henan 海南:Hainan"),
    "ID": [("", name) for name in ["Jawa_Barat", "Jawa_Timur", "Jawa_Tengah", "Banten", "Lampung", "Nusa_Tenggara_Timur", "Nusa_Tenggara_Barat", "Kalimantan_Barat", "Sumatera_Utara", "Bali", "Sulawesi_Selatan", "Aceh", "Riau", "Papua"]],
    "PH": [("", name) for name in ["Cebu", "Leyte", "Samar", "Pampanga", "Davao_del_Sur", "Zamboanga_del_Sur", "Iloilo", "Quezon", "Cavite", "Laguna", "Bulacan", "Negros_Occidental", "Maguindanao", "Cotabato", "Pangasinan", "Bohol"]],
}  # fmt: skip
