"""Surnames by which personal names are told: the most frequent ones, which some 97 % bear.

Source: 公安部户政管理研究中心《全国姓名报告》, from memory; the order does not matter here.
"""

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程"
    "魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾"
    "龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪辛牛樊葛邢安齐庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦"
    "俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游靳欧管柴蒙鲍华喻祁蒲"
    "房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟"
    "应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀"
)
_TWO = (
    "欧阳上官司马诸葛皇甫尉迟令狐司徒东方夏侯公孙慕容"
    "长孙宇文端木独孤南宫轩辕百里呼延闻人申屠澹台濮阳"
)
TWO_SYLLABLES = frozenset(_TWO[place : place + 2] for place in range(0, len(_TWO), 2))
